// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.UnavailableException;
import gantry.runtime.Exit;
import gantry.runtime.TaskRuntime.TaskName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How the tasks ended whose shim died: for those who waited for the end and were cut off. Only the
 * latest are remembered. Safe for concurrent use.
 */
final class Ends {
  private static final int REMEMBERED = 1024;

  private final Map<TaskName, CompletableFuture<Exit>> ends =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TaskName, CompletableFuture<Exit>> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** It ended so. */
  void tell(TaskName task, Exit exit) {
    of(task).complete(exit);
  }

  /** A new task of this name begins. */
  void forget(TaskName task) {
    synchronized (ends) {
      ends.remove(task);
    }
  }

  /**
   * Waits until somebody knows how it ended.
   *
   * @throws UnavailableException if nobody does in time
   */
  Exit await(TaskName task, Duration limit) throws InterruptedException {
    try {
      return of(task).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new UnavailableException(
          "wait for task %s: its shim is gone, and it is not known how it ended"
              .formatted(task.id()),
          e);
    }
  }

  private CompletableFuture<Exit> of(TaskName task) {
    synchronized (ends) {
      return ends.computeIfAbsent(task, name -> new CompletableFuture<>());
    }
  }
}
