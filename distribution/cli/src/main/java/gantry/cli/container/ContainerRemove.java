// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskStatus;
import java.util.Locale;

/** Removes containers that do not run, with their snapshots and stopped tasks. */
public final class ContainerRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("keep-snapshot", "leave the container's filesystem")
        .arguments("CONTAINER", 1, Integer.MAX_VALUE, "to remove");
  }

  @Override
  public int run(Invocation invocation) {
    boolean keep = invocation.arguments().flag("keep-snapshot");
    return Each.of(
        invocation,
        invocation.arguments().all(),
        id -> {
          Container container = invocation.client().containers().get(id);
          deleteTask(invocation.client(), id);
          remove(invocation.client(), container, keep);
        });
  }

  /** Removes the record and, unless it is kept, the snapshot. */
  public static void remove(GantryClient client, Container container, boolean keepSnapshot) {
    if (!keepSnapshot && !container.snapshotKey().isEmpty()) {
      try {
        client.snapshots(container.snapshotter()).remove(container.snapshotKey());
      } catch (NotFoundException gone) {
        // the record outlived its filesystem
      }
    }
    client.containers().delete(container.id());
  }

  private static void deleteTask(GantryClient client, String id) {
    try {
      ProcessState task = client.tasks().get(id, "");
      TaskStatus status = task.status();
      if (status != TaskStatus.STOPPED && status != TaskStatus.CREATED) {
        throw new FailedPreconditionException(
            "cannot delete a non stopped container: %s: stop it with tasks kill"
                .formatted(status.name().toLowerCase(Locale.ROOT)));
      }
      client.tasks().delete(id, "");
      LeftPipes.remove(task);
    } catch (NotFoundException none) {
      // it has no task
    }
  }
}
