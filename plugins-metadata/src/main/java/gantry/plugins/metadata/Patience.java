// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a collection waits for a raw store: one that hangs must not keep all garbage. What is
 * not waited for goes on by itself. Safe for concurrent use.
 */
final class Patience {
  private volatile Duration deadline = Duration.ofMinutes(2);

  void setDeadline(Duration wanted) {
    deadline = wanted;
  }

  /**
   * Does something on a thread of its own.
   *
   * @throws DeadlineExceededException if it does not end in time
   */
  <T> T call(String what, Callable<T> work) throws IOException {
    Duration limit = deadline;
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().name(what).start(task);
    try {
      return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineExceededException(
          "%s: not done within %s: it goes on, the next collection looks again"
              .formatted(what, limit),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(what + ": interrupted", e);
    } catch (ExecutionException e) {
      throw known(e);
    }
  }

  private static IllegalStateException known(ExecutionException failure) throws IOException {
    switch (failure.getCause()) {
      case IOException e -> throw e;
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case null, default -> throw new IllegalStateException(failure);
    }
  }
}
