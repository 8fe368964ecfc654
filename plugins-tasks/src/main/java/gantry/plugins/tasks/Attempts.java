// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.GantryException;
import gantry.runtime.TaskRuntime.TaskName;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is being done to tasks, one thing at a time to each. A name is taken as long as that lasts
 * and no longer. Safe for concurrent use.
 */
final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
  static final String CREATION = "creation";
  static final String DELETION = "deletion";
  static final String CLEANUP = "clean-up";

  private final Map<TaskName, Attempt<?>> running = new ConcurrentHashMap<>();

  /** The work of an attempt. */
  @FunctionalInterface
  interface Work<R> {
    /** Does it; calls {@link Attempt#settle} itself if nobody may want what it makes. */
    R on(Attempt<R> attempt);
  }

  /**
   * Does something to a task, or joins those who have it done already.
   *
   * @param patience how long the caller waits; the work goes on without it
   * @param refusal what to throw at one who wants something else than what is being done
   */
  <R> R run(
      TaskName task,
      String what,
      Object request,
      Duration patience,
      Work<R> work,
      Function<Attempt<?>, GantryException> refusal) {
    String who = "%s of task %s".formatted(what, task.id());
    long end = System.nanoTime() + patience.toNanos();
    Attempt<R> mine = new Attempt<>(what, request);
    while (true) {
      Attempt<?> other = running.putIfAbsent(task, mine);
      if (other == null) {
        Thread.ofVirtual().name(who).start(() -> perform(task, mine, work));
        return mine.await(who, left(end));
      }
      if (other.isFor(what, request) && other.enter()) {
        @SuppressWarnings("unchecked") // an equal request has an equal result
        Attempt<R> same = (Attempt<R>) other;
        return same.await(who, left(end));
      }
      boolean passes = other.isUnwanted() || other.what().equals(CLEANUP);
      if (!passes || !other.awaitEnd(left(end))) {
        throw refusal.apply(other);
      }
    }
  }

  /**
   * Does something to a task that nobody asked for, unless somebody is at it.
   *
   * @return whether it was done
   */
  boolean tryAlone(TaskName task, Runnable work) {
    Attempt<Boolean> mine = new Attempt<>(CLEANUP, CLEANUP);
    if (running.putIfAbsent(task, mine) != null) {
      return false;
    }
    try {
      work.run();
      return true;
    } finally {
      running.remove(task, mine);
      mine.succeeded(true);
    }
  }

  private <R> void perform(TaskName task, Attempt<R> attempt, Work<R> work) {
    try {
      R result = work.on(attempt);
      attempt.settle();
      running.remove(task, attempt);
      attempt.succeeded(result);
    } catch (Throwable e) {
      if (!attempt.settle()) {
        LOG.info("{} of task {} failed when nobody waited for it", attempt.what(), task.id(), e);
      }
      running.remove(task, attempt);
      attempt.failed(e);
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }
}
