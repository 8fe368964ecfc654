// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.time.Duration;
import java.time.Instant;

/** Times past, for people. */
public final class Ages {
  private Ages() {}

  /** Roughly how long ago, for instance {@code 3 days}. */
  public static String of(Instant then, Instant now) {
    Duration age = Duration.between(then, now);
    long seconds = age.toSeconds();
    if (seconds < 1) {
      return "Less than a second";
    } else if (seconds == 1) {
      return "1 second";
    } else if (seconds < 60) {
      return seconds + " seconds";
    } else if (age.toMinutes() == 1) {
      return "About a minute";
    } else if (age.toMinutes() < 60) {
      return age.toMinutes() + " minutes";
    } else if (Math.round(age.toMinutes() / 60.0) == 1) {
      return "About an hour";
    } else if (age.toHours() < 48) {
      return age.toHours() + " hours";
    } else if (age.toDays() < 14) {
      return age.toDays() + " days";
    } else if (age.toDays() < 60) {
      return age.toDays() / 7 + " weeks";
    } else if (age.toDays() < 730) {
      return age.toDays() / 30 + " months";
    }
    return age.toDays() / 365 + " years";
  }
}
