// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Durations as people say them, and lines as wide as they like them. */
final class Words {
  private static final String INDENT = "       ";

  private Words() {}

  /** For example {@code 3 min 12 s}; two units at most. */
  static String of(Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      return "0 s";
    }
    if (duration.toSeconds() == 0) {
      return Math.max(1, duration.toMillis()) + " ms";
    }
    if (duration.toMinutes() == 0) {
      return duration.toSeconds() + " s";
    }
    if (duration.toHours() == 0) {
      return two(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    if (duration.toDays() == 0) {
      return two(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    return two(duration.toDays(), "d", duration.toHoursPart(), "h");
  }

  /** Breaks a line between words; what follows the first break is indented. */
  static List<String> wrap(String line, int width) {
    List<String> lines = new ArrayList<>();
    String rest = line;
    while (rest.length() > width) {
      int end = rest.lastIndexOf(' ', width);
      if (end <= INDENT.length()) {
        break;
      }
      lines.add(rest.substring(0, end));
      rest = INDENT + rest.substring(end + 1);
    }
    lines.add(rest);
    return lines;
  }

  private static String two(long many, String unit, int rest, String below) {
    return rest == 0 ? many + " " + unit : "%d %s %d %s".formatted(many, unit, rest, below);
  }
}
