// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Mounts;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up the tasks that an earlier supervisor left. Terminals and held inputs are lost with it;
 * the end of a process that is no longer a child is seen but not how it ended.
 */
final class Adoption {
  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  private final Host host;
  private final Runtimes runtimes;
  private final Tasks tasks;
  private final ExitHandler exits;

  Adoption(Host host, Runtimes runtimes, Tasks tasks, ExitHandler exits) {
    this.host = host;
    this.runtimes = runtimes;
    this.tasks = tasks;
    this.exits = exits;
  }

  void run() throws IOException, InterruptedException {
    for (Ledger.FoundTask found : host.ledger().load()) {
      try {
        adopt(found);
        LOG.info("adopted {}", found.key());
      } catch (IOException | RuntimeException e) {
        LOG.error("task {} cannot be adopted, its files are left alone", found.key(), e);
      }
    }
  }

  private void adopt(Ledger.FoundTask found) throws IOException, InterruptedException {
    Task task =
        new Task(
            found.key(),
            found.request(),
            runtimes.of(found.key(), Runtimes.options(found.request().getOptions())));
    if (found.life().birth().isEmpty() && found.request().getCheckpoint().isEmpty()) {
      discard(task);
      return;
    }
    tasks.add(task);
    for (Ledger.FoundExec exec : found.execs()) {
      adoptExec(task, exec);
    }
    if (found.life().birth().isPresent()) {
      String state = found.life().exit().isPresent() ? "" : state(task);
      adopt(task, task.init(), found.life(), status(state));
    }
  }

  /** Its maker was never told that it exists. */
  private void discard(Task task) throws IOException, InterruptedException {
    task.runc().delete(task.key().id(), true);
    if (task.request().getRootfsCount() > 0) {
      Mounts.unmountRecursive(task.rootfs());
    }
    host.ledger().forget(task.key(), "");
  }

  private void adoptExec(Task task, Ledger.FoundExec found) throws IOException {
    var request = found.request();
    TaskProcess exec =
        new TaskProcess(
            request.getExecId(),
            new StdioNames(
                request.getStdin(),
                request.getStdout(),
                request.getStderr(),
                request.getTerminal()));
    task.addExec(exec);
    if (found.life().birth().isPresent()) {
      task.starting(exec);
      adopt(task, exec, found.life(), TaskStatus.RUNNING);
    }
  }

  private void adopt(Task task, TaskProcess process, Ledger.Life life, TaskStatus status)
      throws IOException {
    if (life.exit().isPresent()) {
      process.ended(life.exit().get());
      task.gone(process);
      process.exited().complete(life.exit().get());
      return;
    }
    Ledger.Birth birth = life.birth().orElseThrow();
    if (!Ledger.alive(birth)) {
      exits.ended(task, process, new Exit(birth.pid(), ExitHandler.UNKNOWN, Instant.now()));
      return;
    }
    process.exists(birth.pid(), null);
    process.become(TaskStatus.CREATED, status);
    if (process.isInit()) {
      task.findCgroup(birth.pid());
    }
    exits.follow(task, process);
  }

  private static String state(Task task) throws InterruptedException {
    try {
      return task.runc().state(task.key().id());
    } catch (IOException e) {
      LOG.warn("runtime does not know the state of {}, taken as running", task.key(), e);
      return "";
    }
  }

  private static TaskStatus status(String state) {
    return switch (state) {
      case "created" -> TaskStatus.CREATED;
      case "paused" -> TaskStatus.PAUSED;
      default -> TaskStatus.RUNNING;
    };
  }
}
