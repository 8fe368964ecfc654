// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Waits for the end of a process and exits with its code. */
final class TaskWait implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("exec-id", "ID", "a further process of the task")
        .argument("CONTAINER", "whose task");
  }

  @Override
  public int run(Invocation invocation) {
    return invocation
        .client()
        .tasks()
        .await(invocation.arguments().at(0), invocation.arguments().value("exec-id", ""))
        .status();
  }
}
