// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.container.LeftPipes;
import gantry.client.TasksClient;
import gantry.errors.FailedPreconditionException;
import gantry.linux.Fifos;
import gantry.runtime.ProcessState;
import java.io.IOException;
import java.nio.file.Path;

/** Connects to the pipes of a running task; when it ends it is collected. */
final class TaskAttach implements Command {
  @Override
  public void grammar(Grammar grammar) {
    TaskStreams.detachGrammar(grammar);
    grammar.argument("CONTAINER", "whose task");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    String id = invocation.arguments().at(0);
    TasksClient tasks = invocation.client().tasks();
    ProcessState task = tasks.get(id, "");
    if (!isPipe(task.stdout())) {
      throw new FailedPreconditionException(
          "attach to %s: its output goes to \"%s\", not to a pipe".formatted(id, task.stdout()));
    }
    Foreground.Ending ending;
    try (Stdio stdio = Stdio.of(task)) {
      ending =
          new Foreground(
                  invocation.client(), id, "", TaskStreams.detachKeys(invocation.arguments()))
              .run(stdio, invocation.console(), () -> {});
    }
    if (!ending.isLeft()) {
      tasks.delete(id, "");
      LeftPipes.remove(task);
    }
    return ending.status();
  }

  private static boolean isPipe(String path) throws IOException {
    return path.startsWith("/") && Fifos.is(Path.of(path));
  }
}
