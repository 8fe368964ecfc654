// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.util.List;
import java.util.regex.Pattern;

/** Takes ids, times, pids and directories out of what a client printed. */
final class Normalizer {
  private record Rule(Pattern pattern, String replacement) {
    static Rule of(String regex, String replacement) {
      return new Rule(Pattern.compile(regex, Pattern.MULTILINE), replacement);
    }
  }

  private static final List<Rule> RULES =
      List.of(
          Rule.of(
              "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( [+-]\\d{4} UTC|Z)?", "TIME"),
          Rule.of("time=\"[^\"]*\"", "time=TIME"),
          Rule.of("(Less than a second|\\d+ (second|minute)s?|About a minute)( ago)?", "AGE"),
          Rule.of("\\b\\d+(\\.\\d+)?(ns|µs|ms|s)\\b", "DURATION"),
          Rule.of("^(\\S+ +)\\d+( +(RUNNING|STOPPED|CREATED|PAUSED))", "$1PID$2"),
          Rule.of("\"pid\":\\d+", "\"pid\":PID"),
          Rule.of("/run/[a-z]+/fifo/\\d+/", "FIFO/"),
          Rule.of("/snapshots/\\d+/", "/snapshots/N/"),
          Rule.of("default/\\d+/", "default/N/"),
          Rule.of(" +", " "),
          Rule.of(" $", ""));

  private final List<Rule> own;

  /**
   * @param home directory of the daemon under test
   * @param work directory the snippets write to
   */
  Normalizer(String home, String work) {
    own = List.of(Rule.of(Pattern.quote(work), "WORK"), Rule.of(Pattern.quote(home), "HOME"));
  }

  String apply(String text) {
    String result = text;
    for (Rule rule : own) {
      result = rule.pattern().matcher(result).replaceAll(rule.replacement());
    }
    for (Rule rule : RULES) {
      result = rule.pattern().matcher(result).replaceAll(rule.replacement());
    }
    return result;
  }
}
