// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.plugins.Handle.Lease;
import gantry.runtime.Exit;
import gantry.runtime.TaskRuntime;
import java.time.Duration;

/**
 * One wait for a process's end that outlasts the runtime plugin it began with: when that version is
 * replaced, the wait goes on with the next.
 */
final class Waiting {
  private static final int FAILURES_MAX = 3;

  private final Task task;
  private final long steadyNanos;

  /**
   * Prepares a wait.
   *
   * @param steady a wait that lasted as long as this counts as begun anew when it breaks
   */
  Waiting(Task task, Duration steady) {
    this.task = task;
    this.steadyNanos = steady.toNanos();
  }

  /**
   * Blocks until the process has stopped.
   *
   * @throws NotFoundException if it does not exist
   * @throws UnavailableException if no runtime can be reached: the same version thrice in a row
   */
  @SuppressWarnings("ReferenceEquality") // another version is another object
  Exit await(String execId) throws InterruptedException {
    int failures = 0;
    TaskRuntime last = null;
    while (true) {
      long began = System.nanoTime();
      // A lease, not a call: the wait must not hold up the replacement of the runtime.
      try (Lease<TaskRuntime> lease = task.runtime().lease()) {
        TaskRuntime now = lease.get();
        if (now != last) {
          failures = 0;
        }
        last = now;
        return now.await(task.name(), execId);
      } catch (UnavailableException e) {
        failures = System.nanoTime() - began > steadyNanos ? 1 : failures + 1;
        if (failures == FAILURES_MAX) {
          throw e;
        }
      }
    }
  }
}
