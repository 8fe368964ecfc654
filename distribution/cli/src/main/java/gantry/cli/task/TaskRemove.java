// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.container.LeftPipes;
import gantry.client.TasksClient;
import gantry.errors.FailedPreconditionException;
import gantry.runtime.Exit;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskStatus;
import java.util.Locale;

/** Collects stopped processes. */
final class TaskRemove implements Command {
  private static final int SIGKILL = 9;

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("force f", "kill it first")
        .value("exec-id", "ID", "a further process of the task")
        .arguments("CONTAINER", 1, Integer.MAX_VALUE, "whose tasks");
  }

  @Override
  public int run(Invocation invocation) {
    TasksClient tasks = invocation.client().tasks();
    String execId = invocation.arguments().value("exec-id", "");
    boolean force = invocation.arguments().flag("force");
    return Each.of(
        invocation,
        invocation.arguments().all(),
        id -> {
          ProcessState process = tasks.get(id, execId);
          stop(tasks, id, execId, process.status(), force);
          Exit exit = tasks.delete(id, execId);
          LeftPipes.remove(process);
          if (exit.status() != 0) {
            invocation.note("task %s exited with code %d".formatted(id, exit.status()));
          }
        });
  }

  private static void stop(
      TasksClient tasks, String id, String execId, TaskStatus status, boolean force) {
    if (status == TaskStatus.STOPPED || (status == TaskStatus.CREATED && execId.isEmpty())) {
      return;
    }
    if (!force) {
      throw new FailedPreconditionException(
          "task must be stopped before deletion: %s: stop it with tasks kill, or use --force"
              .formatted(status.name().toLowerCase(Locale.ROOT)));
    }
    tasks.kill(id, execId, SIGKILL, false);
    if (status == TaskStatus.PAUSED) {
      tasks.resume(id);
    }
    tasks.await(id, execId);
  }
}
