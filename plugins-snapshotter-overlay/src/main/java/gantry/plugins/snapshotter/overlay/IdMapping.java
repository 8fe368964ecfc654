// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.errors.InvalidArgumentException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Id mappings as labels carry them: {@code container:host:length[,...]}. */
final class IdMapping {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,10}):([0-9]{1,10}):([0-9]{1,10})");

  private IdMapping() {}

  /**
   * What the container's root is on the host.
   *
   * @throws InvalidArgumentException if it is malformed or does not map 0
   */
  static int root(String mapping) {
    for (String range : mapping.split(",", -1)) {
      Matcher matcher = RANGE.matcher(range);
      if (!matcher.matches()) {
        throw new InvalidArgumentException(
            "parse id mapping \"%s\": want container:host:length[,...]".formatted(mapping));
      }
      if (Long.parseLong(matcher.group(1)) == 0 && Long.parseLong(matcher.group(3)) > 0) {
        return Math.toIntExact(Long.parseLong(matcher.group(2)));
      }
    }
    throw new InvalidArgumentException(
        "parse id mapping \"%s\": nothing maps the container's root".formatted(mapping));
  }
}
