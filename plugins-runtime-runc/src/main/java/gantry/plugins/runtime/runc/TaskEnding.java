// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.linux.Processes;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskStatus;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the supervisor for a task, and ends one that nobody has a bundle of. */
record TaskEnding(TaskCalls runtime, Leftovers leftovers) {
  private static final Duration END = Duration.ofSeconds(20);

  /**
   * Whether the supervisor has it.
   *
   * @throws UnavailableException if it does not answer: then nobody knows
   */
  boolean knows(TaskName task) {
    try {
      runtime.state(task, "");
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }

  /** Has runc delete a container, without a task of the supervisor. */
  void deleteState(TaskName task) {
    leftovers.forceDelete(task);
  }

  /** Kills what runs of a task and has the supervisor delete it. */
  void end(TaskName task) {
    try {
      if (runtime.state(task, "").status() != TaskStatus.STOPPED) {
        FutureTask<Object> end = new FutureTask<>(() -> runtime.await(task, ""));
        Thread.ofVirtual().name("end of task " + task.id()).start(end);
        runtime.kill(task, "", Processes.SIGKILL, true);
        await(task, end);
      }
      runtime.delete(task, "");
    } catch (NotFoundException e) {
      // it is gone
      return;
    }
  }

  private static void await(TaskName task, FutureTask<Object> end) {
    try {
      end.get(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new FailedPreconditionException(
          "end task %s: it does not end in %d s".formatted(task.id(), END.toSeconds()), e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof NotFoundException)) {
        throw new UnavailableException("end task %s: %s".formatted(task.id(), e.getCause()), e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("end task %s: interrupted".formatted(task.id()), e);
    } finally {
      end.cancel(true);
    }
  }
}
