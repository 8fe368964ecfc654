// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call on a thread of its own that is given up, and interrupted, when its time is over. Its time
 * runs from the moment it is made, so many can be made first and then be waited for.
 */
final class Deadline<R> {
  private final String what;
  private final Duration limit;
  private final long end;
  private final Future<R> task;

  private Deadline(String what, Duration limit, long end, Future<R> task) {
    this.what = what;
    this.limit = limit;
    this.end = end;
    this.task = task;
  }

  static <R> Deadline<R> start(String what, Duration limit, Callable<R> call) {
    FutureTask<R> task = new FutureTask<>(call);
    long end = System.nanoTime() + limit.toNanos();
    Thread.ofVirtual().name(what).start(task);
    return new Deadline<>(what, limit, end, task);
  }

  /**
   * Waits for the result.
   *
   * @throws DeadlineExceededException if the call took too long
   * @throws CanceledException if this thread was interrupted
   */
  R get() {
    try {
      return task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DeadlineExceededException("%s: no answer in %s".formatted(what, limit), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(what + ": interrupted", e);
    } catch (ExecutionException e) {
      throw unwrapped(e);
    } finally {
      task.cancel(true);
    }
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException cause -> cause;
      case Error cause -> throw cause;
      case null, default -> new IllegalStateException(e);
    };
  }
}
