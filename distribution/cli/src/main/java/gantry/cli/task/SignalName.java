// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.UsageException;
import java.util.List;
import java.util.Locale;

/** Signals by name, as Linux numbers them on x86-64 and AArch64. */
public final class SignalName {
  private static final List<String> NAMES =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
          "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");

  /** The first and the last of the real-time signals. */
  private static final int RTMIN = 34;

  private static final int RTMAX = 64;

  private SignalName() {}

  /**
   * Reads {@code SIGTERM}, {@code term}, {@code 15}, {@code RTMIN+3}.
   *
   * @throws UsageException if there is no such signal
   */
  public static int parse(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    int known = name.isEmpty() ? -1 : NAMES.indexOf(name);
    if (known > 0) {
      return known;
    }
    try {
      int number = realTimeOrNumber(name);
      if (number > 0 && number <= RTMAX) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      // falls through to the message
    }
    throw new UsageException(
        "unknown signal \"%s\": want a name such as SIGTERM or a number up to 64".formatted(text));
  }

  private static int realTimeOrNumber(String name) {
    if (name.equals("RTMIN")) {
      return RTMIN;
    } else if (name.equals("RTMAX")) {
      return RTMAX;
    } else if (name.startsWith("RTMIN+")) {
      return RTMIN + Integer.parseInt(name.substring(6));
    } else if (name.startsWith("RTMAX-")) {
      return RTMAX - Integer.parseInt(name.substring(6));
    }
    return Integer.parseInt(name);
  }
}
