// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

/** The option {@code --dry-run}: says what would be done and does nothing. */
public final class Rehearsal {
  private static final String OPTION = "dry-run";

  private Rehearsal() {}

  /** Adds the option. */
  public static void grammar(Grammar grammar) {
    grammar.flag(OPTION, "only say what would be done");
  }

  /** Whether it was given. */
  public static boolean asked(Invocation invocation) {
    return invocation.arguments().flag(OPTION);
  }

  /** Prints a line such as {@code would remove x}. */
  public static void say(Invocation invocation, String what, String name) {
    invocation.say("would " + what + " " + name);
  }
}
