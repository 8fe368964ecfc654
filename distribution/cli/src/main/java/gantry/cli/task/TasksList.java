// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Survey;
import gantry.runtime.ProcessState;
import java.util.List;

/** The tasks of a namespace. */
final class TasksList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Survey.grammar(grammar);
    grammar.flag("quiet q", "print only the ids");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Survey survey = new Survey(invocation);
    List<Found<ProcessState>> tasks = survey.ask(client -> client.tasks().list());
    if (invocation.arguments().flag("quiet")) {
      return survey.names(tasks, ProcessState::id);
    }
    return survey.print(
        tasks,
        new Listing<ProcessState>()
            .column("TASK", ProcessState::id)
            .column("PID", task -> Integer.toString(task.pid()), ProcessState::pid)
            .column("STATUS", task -> task.status().name()));
  }
}
