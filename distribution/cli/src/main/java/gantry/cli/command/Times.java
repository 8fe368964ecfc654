// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Times in the forms that {@code ctr} prints them in. */
public final class Times {
  private static final DateTimeFormatter PRINTED =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral(" +0000 UTC")
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter EXACT =
      new DateTimeFormatterBuilder()
          .appendPattern("yyyy-MM-dd'T'HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .appendLiteral('Z')
          .toFormatter(Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Times() {}

  /** RFC 3339 in the zone of this host, whole seconds. */
  public static String local(Instant time) {
    return DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT)
        .withZone(ZoneId.systemDefault())
        .format(time);
  }

  /** RFC 3339 in UTC with as many digits of a second as there are. */
  public static String exact(Instant time) {
    return EXACT.format(time);
  }

  /** As {@link #exact} but for reading, {@code 2026-01-31 07:00:00.5 +0000 UTC}. */
  public static String spelled(Instant time) {
    return PRINTED.format(time);
  }
}
