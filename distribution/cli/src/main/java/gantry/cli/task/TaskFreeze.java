// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Freezes a task, or lets it go on. */
final class TaskFreeze implements Command {
  private final boolean freeze;

  TaskFreeze(boolean freeze) {
    this.freeze = freeze;
  }

  @Override
  public void grammar(Grammar grammar) {
    grammar.argument("CONTAINER", "whose task");
  }

  @Override
  public int run(Invocation invocation) {
    String id = invocation.arguments().at(0);
    if (freeze) {
      invocation.client().tasks().pause(id);
    } else {
      invocation.client().tasks().resume(id);
    }
    return 0;
  }
}
