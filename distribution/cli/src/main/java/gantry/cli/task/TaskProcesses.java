// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.runtime.ProcessDetails;

/** The processes of a task. */
final class TaskProcesses implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.listing().argument("CONTAINER", "whose task");
  }

  @Override
  public int run(Invocation invocation) {
    new Listing<ProcessDetails>()
        .column("PID", process -> Integer.toString(process.pid()), ProcessDetails::pid)
        .column("INFO", TaskProcesses::info, ProcessDetails::execId)
        .print(invocation.client().tasks().pids(invocation.arguments().at(0)), invocation);
    return 0;
  }

  private static String info(ProcessDetails process) {
    return process.execId().isEmpty() ? "-" : "exec_id:\"%s\"".formatted(process.execId());
  }
}
