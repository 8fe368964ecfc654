// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.runtime.ProcessState;
import java.util.List;

/** The tasks of a namespace. */
final class TasksList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.flag("quiet q", "print only the ids").listing();
  }

  @Override
  public int run(Invocation invocation) {
    List<ProcessState> tasks = invocation.client().tasks().list();
    if (invocation.arguments().flag("quiet")) {
      tasks.forEach(task -> invocation.say(task.id()));
      return 0;
    }
    new Listing<ProcessState>()
        .column("TASK", ProcessState::id)
        .column("PID", task -> Integer.toString(task.pid()), ProcessState::pid)
        .column("STATUS", task -> task.status().name())
        .print(tasks, invocation);
    return 0;
  }
}
