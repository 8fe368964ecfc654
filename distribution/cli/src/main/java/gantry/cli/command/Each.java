// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.List;

/** One action on many names: a failure of one does not keep the others from being tried. */
public final class Each {
  private Each() {}

  /** What is done to one. */
  @FunctionalInterface
  public interface Action {
    /** Does it. */
    void on(String name) throws Exception;
  }

  /** Does it to all and says what failed; returns the exit code. */
  public static int of(Invocation invocation, List<String> names, Action action) {
    int code = 0;
    for (String name : names) {
      try {
        action.on(name);
      } catch (Exception failure) {
        invocation.console().out().flush();
        invocation.note("gantry: %s: %s".formatted(name, Failures.describe(failure)));
        if (invocation.settings().debug()) {
          failure.printStackTrace(invocation.console().err());
        }
        code = 1;
      }
    }
    return code;
  }
}
