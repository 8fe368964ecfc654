// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Has the supervisor become the version that is installed. */
final class SupervisorUpgradeCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.value("program", "PATH", "what to become; default is what the daemon starts").listing();
  }

  @Override
  public int run(Invocation invocation) {
    String program = invocation.arguments().value("program", "");
    SupervisorStatusCommand.print(invocation.client().supervisor().upgrade(program), invocation);
    return 0;
  }
}
