// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.plugins.Handle;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskStatus;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Kills a task and takes it away. Safe for concurrent use. */
final class Stopping {
  private static final int SIGKILL = 9;
  private static final Duration END = Duration.ofSeconds(10);

  private final Handle<TaskManager> tasks;

  Stopping(Handle<TaskManager> tasks) {
    this.tasks = tasks;
  }

  /**
   * Takes away a task that has stopped.
   *
   * @throws NotFoundException if somebody else has
   */
  void delete(ContainerName name) {
    tasks.run(t -> t.delete(name.namespace(), name.id()));
  }

  /**
   * Kills a task with all its processes, waits for its end and takes it away.
   *
   * @throws DeadlineExceededException if it does not end
   */
  void stop(ContainerName name, ProcessState state) throws InterruptedException {
    try {
      tasks.run(t -> t.kill(name.namespace(), name.id(), "", SIGKILL, true));
    } catch (GantryException killed) {
      deleteOr(name, killed);
      return;
    }
    if (state.status() == TaskStatus.PAUSED) {
      resume(name);
    }
    awaitEnd(name);
    delete(name);
  }

  private void deleteOr(ContainerName name, GantryException failure) {
    try {
      delete(name);
    } catch (GantryException e) {
      failure.addSuppressed(e);
      throw failure;
    }
  }

  /** Frozen processes do not die where the kernel freezes them by its older means. */
  private void resume(ContainerName name) {
    try {
      tasks.run(t -> t.resume(name.namespace(), name.id()));
    } catch (GantryException dead) {
      // it was not frozen any more, or the wait for its end says so
    }
  }

  private void awaitEnd(ContainerName name) throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Thread waiter =
        Thread.ofVirtual()
            .name("restart-wait " + name)
            .start(
                () -> {
                  try (Handle.Lease<TaskManager> lease = tasks.lease()) {
                    lease.get().await(name.namespace(), name.id(), "");
                  } catch (InterruptedException | GantryException over) {
                    // the deletion that follows says what is the matter
                  } finally {
                    ended.countDown();
                  }
                });
    try {
      if (!ended.await(END.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceededException(
            "stop %s: killed, but it has not ended within %s".formatted(name, END));
      }
    } finally {
      waiter.interrupt();
    }
  }
}
