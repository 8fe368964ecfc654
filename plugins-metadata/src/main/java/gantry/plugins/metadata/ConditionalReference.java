// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.plugins.GoDuration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reference to a snapshot that counts only if one of its conditions holds. What is malformed or
 * unknown counts for nothing.
 */
record ConditionalReference(Node snapshot, List<UsedAt> conditions) {
  private static final Pattern CONDITION = Pattern.compile("usedat([<>])([0-9.a-zµ]+)");

  /** Whether the last use is younger, or else older, than an age. */
  record UsedAt(boolean isYounger, Duration age) {
    boolean holds(Instant usedAt, Instant now) {
      int order = Duration.between(usedAt, now).compareTo(age);
      return isYounger ? order < 0 : order > 0;
    }
  }

  /**
   * Reads a label.
   *
   * @param suffix of its key: the snapshotter's name after dots and slashes, up to a slash
   * @param value conditions joined by commas, a bar, the snapshot's name
   */
  static Optional<ConditionalReference> parse(String namespace, String suffix, String value) {
    int bar = value.indexOf('|');
    if (bar < 0) {
      return Optional.empty();
    }
    String snapshotter = suffix.replaceFirst("^[./]+", "").split("/", 2)[0];
    List<UsedAt> conditions = new ArrayList<>();
    for (String condition : value.substring(0, bar).split(",", -1)) {
      Matcher matcher = CONDITION.matcher(condition);
      if (matcher.matches()) {
        GoDuration.parse(matcher.group(2))
            .ifPresent(age -> conditions.add(new UsedAt(matcher.group(1).equals("<"), age)));
      }
    }
    return Optional.of(
        new ConditionalReference(
            Node.snapshot(namespace, snapshotter, value.substring(bar + 1)), conditions));
  }

  boolean holds(Instant usedAt, Instant now) {
    return conditions.stream().anyMatch(condition -> condition.holds(usedAt, now));
  }
}
