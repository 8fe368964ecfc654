// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as configuration files and labels write them, in the form of Go: {@code 1h2m3.5s},
 * {@code 100ms}, {@code 0}; units are ns, us, µs, ms, s, m, h.
 */
public final class GoDuration {
  private static final Pattern FORM =
      Pattern.compile("[+-]?(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)[a-zµμ]+)+");
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)([a-zµμ]+)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /** Empty if the text is no duration. */
  public static Optional<Duration> parse(String text) {
    if (text.equals("0")) {
      return Optional.of(Duration.ZERO);
    }
    if (!FORM.matcher(text).matches()) {
      return Optional.empty();
    }
    BigDecimal total = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      Long unit = NANOS.get(part.group(2));
      if (unit == null) {
        return Optional.empty();
      }
      total = total.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
    }
    return Optional.of(
        Duration.ofNanos(text.startsWith("-") ? -total.longValue() : total.longValue()));
  }
}
