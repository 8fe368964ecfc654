// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import gantry.errors.InvalidArgumentException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them, for example {@code 1m30s} or {@code 100ms}. */
final class GoDuration {
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]*)?)(ns|us|µs|ms|s|m|h)");
  private static final Map<String, Double> NANOS =
      Map.of("ns", 1.0, "us", 1e3, "µs", 1e3, "ms", 1e6, "s", 1e9, "m", 60e9, "h", 3600e9);

  private GoDuration() {}

  /**
   * Reads one that is not negative.
   *
   * @param key names it in the error message
   * @throws InvalidArgumentException if it is malformed
   */
  static Duration parse(String key, String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Matcher matcher = PART.matcher(text);
    double nanos = 0;
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      nanos += Double.parseDouble(matcher.group(1)) * NANOS.getOrDefault(matcher.group(2), 0.0);
      end = matcher.end();
    }
    if (end == 0 || end != text.length()) {
      throw new InvalidArgumentException(
          "%s = \"%s\": want a duration, for example \"100ms\"".formatted(key, text));
    }
    return Duration.ofNanos((long) nanos);
  }
}
