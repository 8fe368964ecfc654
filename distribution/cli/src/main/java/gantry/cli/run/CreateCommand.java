// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import java.io.IOException;

/** Makes a container without starting it. */
final class CreateCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SpecFlags.grammar(grammar);
    grammar
        .arguments(
            "IMAGE ID COMMAND", 1, Integer.MAX_VALUE, "image or directory, id, and what to run")
        .argumentsLast();
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    new NewContainer(invocation).create();
    return 0;
  }
}
