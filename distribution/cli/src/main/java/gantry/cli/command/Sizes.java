// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.Locale;

/** Byte counts for people. */
public final class Sizes {
  private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB"};

  private Sizes() {}

  /** In binary units with one decimal, for instance {@code 4.2 MiB}. */
  public static String binary(long bytes) {
    if (bytes < 1024) {
      return bytes + ".0 B";
    }
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** In decimal units with four digits, for instance {@code 2.16MB}. */
  public static String decimal(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    String digits = String.format(Locale.ROOT, "%.4g", value);
    return trimmed(digits) + units[unit];
  }

  private static String trimmed(String digits) {
    if (digits.indexOf('.') < 0) {
      return digits;
    }
    String trimmed = digits.replaceAll("0+$", "");
    return trimmed.endsWith(".") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
  }
}
