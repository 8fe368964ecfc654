// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Sends a signal. */
final class TaskKill implements Command {
  /** What an image says should stop its containers; put on them by whoever makes them. */
  private static final String STOP_SIGNAL = "io.containerd.image.config.stop-signal";

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("signal s", "SIGNAL", "name or number; default what the image says, SIGTERM")
        .value("exec-id", "ID", "a further process of the task")
        .flag("all a", "to all processes of the task")
        .argument("CONTAINER", "whose task");
  }

  @Override
  public int run(Invocation invocation) {
    Arguments arguments = invocation.arguments();
    String id = arguments.at(0);
    String signal =
        arguments
            .find("signal")
            .or(() -> invocation.client().containers().get(id).labels().find(STOP_SIGNAL))
            .orElse("SIGTERM");
    invocation
        .client()
        .tasks()
        .kill(id, arguments.value("exec-id", ""), SignalName.parse(signal), arguments.flag("all"));
    return 0;
  }
}
