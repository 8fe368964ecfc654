// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 300ms}, {@code 1h30m}, {@code 0}. */
public final class Durations {
  private static final Pattern PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(ms|us|ns|h|m|s)");

  private Durations() {}

  /**
   * Reads one that is not negative.
   *
   * @param what for the message
   * @throws UsageException if it is something else
   */
  public static Duration parse(String what, String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    Duration sum = Duration.ZERO;
    Matcher matcher = PART.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!matcher.find() || matcher.start() != at) {
        throw new UsageException(
            "%s %s: want a duration such as 10s, 1h30m or 300ms".formatted(what, text));
      }
      sum = sum.plusNanos(nanos(matcher.group(1), matcher.group(2)));
      at = matcher.end();
    }
    return sum;
  }

  private static long nanos(String number, String unit) {
    long factor =
        switch (unit) {
          case "h" -> 3_600_000_000_000L;
          case "m" -> 60_000_000_000L;
          case "s" -> 1_000_000_000L;
          case "ms" -> 1_000_000L;
          case "us" -> 1_000L;
          default -> 1L;
        };
    return new BigDecimal(number).multiply(BigDecimal.valueOf(factor)).longValue();
  }
}
