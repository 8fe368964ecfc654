// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * How long a collection waits for a raw store: one that hangs must not keep all garbage. What is
 * not waited for goes on by itself. Safe for concurrent use.
 */
final class Patience {
  private static final int AT_ONCE = 4;

  private volatile Duration deadline = Duration.ofMinutes(2);

  void setDeadline(Duration wanted) {
    deadline = wanted;
  }

  /**
   * Something to be done to one of many.
   *
   * @param what for messages
   */
  record Job<T>(String what, Callable<T> work) {}

  /**
   * Does something on a thread of its own.
   *
   * @throws DeadlineExceededException if it does not end in time
   */
  <T> T call(String what, Callable<T> work) throws IOException {
    return await(what, start(what, work));
  }

  /**
   * Does the same to many, a few at once: what they write shares the commits of a store. After a
   * failure no more are begun.
   *
   * @param done is shown each result, in order, by the calling thread
   */
  <T> void callAll(Iterable<Job<T>> jobs, Consumer<T> done) throws IOException {
    Deque<Map.Entry<String, FutureTask<T>>> begun = new ArrayDeque<>();
    for (Job<T> job : jobs) {
      if (begun.size() == AT_ONCE) {
        take(begun, done);
      }
      begun.add(Map.entry(job.what(), start(job.what(), job.work())));
    }
    while (!begun.isEmpty()) {
      take(begun, done);
    }
  }

  private <T> void take(Deque<Map.Entry<String, FutureTask<T>>> begun, Consumer<T> done)
      throws IOException {
    Map.Entry<String, FutureTask<T>> first = begun.remove();
    done.accept(await(first.getKey(), first.getValue()));
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
