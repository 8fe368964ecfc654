// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an exception says, read from its stack trace.
 *
 * @param causes from the outermost to the innermost: class and message
 * @param where the first frame of the innermost that is no library's; empty if there is none
 */
record Failure(List<String> causes, Optional<String> where) {
  private static final Pattern CAUSE = Pattern.compile("(?:Caused by: )?([\\w.$]+)(?:: (.*))?");
  private static final Pattern FRAME =
      Pattern.compile("\\s+at (?:[^\\s/]*/)*([\\w.$]+\\.[\\w$<>]+)\\(([^)]*)\\)");
  private static final Pattern LIBRARY =
      Pattern.compile("(?:java|javax|jdk|sun|com\\.sun|org\\.osgi|org\\.apache\\.felix)\\..*");

  static Failure parse(String trace) {
    List<String> causes = new ArrayList<>();
    Optional<String> where = Optional.empty();
    for (String line : trace.lines().toList()) {
      Matcher cause = CAUSE.matcher(line);
      Matcher frame = FRAME.matcher(line);
      if (cause.matches() && (causes.isEmpty() || line.startsWith("Caused by: "))) {
        causes.add(cause(cause));
        where = Optional.empty();
      } else if (where.isEmpty() && frame.matches() && !LIBRARY.matcher(frame.group(1)).matches()) {
        where = Optional.of("%s (%s)".formatted(frame.group(1), frame.group(2)));
      }
    }
    return new Failure(List.copyOf(causes), where);
  }

  private static String cause(Matcher cause) {
    String type = cause.group(1).substring(cause.group(1).lastIndexOf('.') + 1);
    return cause.group(2) == null ? type : type + ": " + cause.group(2);
  }

  /** The innermost cause. */
  String root() {
    return causes.isEmpty() ? "it says not why" : causes.getLast();
  }
}
