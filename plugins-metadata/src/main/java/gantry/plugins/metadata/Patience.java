// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * How long a collection waits for a raw store: one that hangs must not keep all garbage. What is
 * not waited for goes on by itself. Safe for concurrent use.
 */
final class Patience {
  static final int STEP = 16;
  private static final Duration REST_MAX = Duration.ofMillis(50);

  private volatile Duration deadline = Duration.ofMinutes(2);

  void setDeadline(Duration wanted) {
    deadline = wanted;
  }

  /** Done to some of many. */
  @FunctionalInterface
  interface Step<T, R> {
    List<R> on(List<T> some) throws Exception;
  }

  /**
   * Does something on a thread of its own.
   *
   * @throws DeadlineExceededException if it does not end in time
   */
  <T> T call(String what, Callable<T> work) throws IOException {
    return await(what, start(what, work));
  }

  /**
   * Does the same to many, sixteen at a time and with a rest after each step: what is removed in
   * one go holds up whoever waits for the disk meanwhile. After a failure no more are begun.
   *
   * @param what for messages
   * @param done is shown each result, in order, by the calling thread
   */
  <T, R> void callAll(String what, List<T> all, Step<T, R> step, Consumer<R> done)
      throws IOException {
    for (int from = 0; from < all.size(); from += STEP) {
      List<T> some = all.subList(from, Math.min(from + STEP, all.size()));
      long start = System.nanoTime();
      call(what, () -> step.on(some)).forEach(done);
      LockSupport.parkNanos(Math.min((System.nanoTime() - start) / 2, REST_MAX.toNanos()));
    }
  }

  private static <T> FutureTask<T> start(String what, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().name(what).start(task);
    return task;
  }

  private <T> T await(String what, FutureTask<T> task) throws IOException {
    Duration limit = deadline;
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
