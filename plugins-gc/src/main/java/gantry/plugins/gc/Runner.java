// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.UnavailableException;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.Metadata.Changes;
import gantry.plugins.Handle;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that collects. Those who ask get a number, and wait for the first collection that
 * began after it was given out; all who asked before it began share it.
 */
final class Runner implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Runner.class);

  /** It takes as long as there is to remove, and each removal has a limit of its own. */
  private static final Duration COLLECTION = Duration.ofHours(1);

  private final Handle<Metadata> metadata;
  private final Tally tally;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition isChanged = lock.newCondition();
  // the rest is guarded by lock
  private final Schedule schedule;
  private long requested;
  private Outcome last = new Outcome(0, null, null);
  private boolean isClosed;
  private boolean isEnded;

  /**
   * How a collection ended.
   *
   * @param upTo the last number that was given out before it began
   */
  private record Outcome(long upTo, @Nullable GcStats stats, @Nullable GantryException failure) {}

  Runner(Handle<Metadata> metadata, Settings settings, Tally tally) {
    this.metadata = metadata;
    this.tally = tally;
    this.schedule = new Schedule(settings, System.nanoTime());
    this.thread = Thread.ofPlatform().name("gc-scheduler").daemon().unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  GcStats collectAndWait(Duration deadline) {
    lock.lock();
    try {
      if (isClosed) {
        throw closed();
      }
      long mine = ++requested;
      schedule.request(System.nanoTime());
      isChanged.signalAll();
      Outcome outcome = await(mine, deadline);
      if (outcome.failure() != null) {
        throw outcome.failure();
      }
      if (outcome.stats() == null) {
        throw closed();
      }
      return outcome.stats();
    } finally {
      lock.unlock();
    }
  }

  private static UnavailableException closed() {
    return new UnavailableException("collect garbage: the scheduler is closed");
  }

  private Outcome await(long mine, Duration deadline) {
    long left = deadline.toNanos();
    try {
      while (last.upTo() < mine && !isEnded) {
        if (left <= 0) {
          throw new DeadlineExceededException(
              "collect garbage: not done within %s; it goes on".formatted(deadline));
        }
        left = isChanged.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("collect garbage: interrupted", e);
    }
    return last.upTo() < mine ? new Outcome(mine, null, null) : last;
  }

  private void loop() {
    try {
      while (awaitTime()) {
        runIfDue();
      }
    } catch (InterruptedException e) {
      // nobody does that
      log.warn("end of schedule", e);
    } finally {
      end();
    }
  }

  private void end() {
    lock.lock();
    try {
      isEnded = true;
      isChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there may be something to do; false once closed and nobody waits. */
  private boolean awaitTime() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long wait = schedule.nanosLeft(System.nanoTime());
      while (wait > 0 && !isClosed) {
        long before = System.nanoTime();
        isChanged.awaitNanos(wait);
        wait = Math.min(wait - (System.nanoTime() - before), schedule.nanosLeft(System.nanoTime()));
      }
      return !isClosed || requested > last.upTo();
    } finally {
      lock.unlock();
    }
  }

  private void runIfDue() {
    try {
      Changes changes = metadata.call(Metadata::changes);
      long upTo = begin(changes);
      if (upTo >= 0) {
        collect(changes, upTo);
      }
    } catch (RuntimeException e) {
      fail(numbersGivenOut(), known(e));
    }
  }

  /** The last number given out if it is time, else -1. */
  private long begin(Changes changes) {
    lock.lock();
    try {
      boolean isRequested = requested > last.upTo();
      boolean isDue = isClosed || schedule.isDue(System.nanoTime(), changes, isRequested);
      return isDue ? requested : -1;
    } finally {
      lock.unlock();
    }
  }

  private long numbersGivenOut() {
    lock.lock();
    try {
      return requested;
    } finally {
      lock.unlock();
    }
  }

  private void collect(Changes before, long upTo) {
    try {
      GcStats stats = metadata.within(COLLECTION).call(Metadata::collect);
      tally.succeeded(stats.elapsed());
      log.debug("collected {} in {}", stats.removed(), stats.elapsed());
      end(new Outcome(upTo, stats, null), before);
    } catch (IOException | RuntimeException e) {
      fail(upTo, known(e));
    }
  }

  /** Whatever it is, the thread goes on. */
  private static GantryException known(Exception e) {
    return e instanceof GantryException known
        ? known
        : new InternalException("collect garbage: " + e, e);
  }

  private void fail(long upTo, GantryException failure) {
    tally.failed();
    log.warn("collect garbage: trying again later", failure);
    end(new Outcome(upTo, null, failure), null);
  }

  private void end(Outcome outcome, @Nullable Changes before) {
    lock.lock();
    try {
      long now = System.nanoTime();
      if (outcome.stats() != null && before != null) {
        schedule.succeeded(now, before, outcome.stats().elapsed());
      } else {
        schedule.failed(now);
      }
      last = outcome;
      if (requested > outcome.upTo()) {
        schedule.request(now);
      }
      isChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns at once; the thread ends after the collection under way, and what is waited for. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      isChanged.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
