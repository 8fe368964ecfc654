// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.tasks;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that belong to one block of code: none outlives it. The first that fails ends the others,
 * as does an interrupt of the thread that waits for them. Safe for concurrent use.
 *
 * <pre>{@code
 * try (TaskGroup group = new TaskGroup("fetch")) {
 *   group.fork(() -> ...);
 *   group.join();
 * }
 * }</pre>
 */
public final class TaskGroup implements AutoCloseable {
  /** The tasks have deadlines of their own; this one is for what nobody thought of. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Thread> running = new HashSet<>();
  private @Nullable Throwable failure;
  private boolean ending;

  /** What is done. */
  @FunctionalInterface
  public interface Task {
    /** Does it; an interrupt should end it soon. */
    void run() throws IOException;
  }

  /** A group whose threads are named so. */
  public TaskGroup(String name) {
    this.name = name;
  }

  /** Starts a task that mostly waits. It is not started if the group is ending. */
  public void fork(Task task) {
    start(Thread.ofVirtual().name(name).unstarted(() -> run(task)));
  }

  /** Starts a task that mostly computes, so that it does not hold up those that wait. */
  public void forkComputing(Task task) {
    start(Thread.ofPlatform().daemon().name(name).unstarted(() -> run(task)));
  }

  private void start(Thread thread) {
    lock.lock();
    try {
      if (!ending) {
        running.add(thread);
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run(Task task) {
    try {
      task.run();
      ended(null);
    } catch (Throwable e) { // whatever it is, the one who joins is told
      ended(e);
    }
  }

  private void ended(@Nullable Throwable why) {
    lock.lock();
    try {
      running.remove(Thread.currentThread());
      if (why != null && !ending) {
        failure = why;
        end();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    ending = true;
    running.forEach(Thread::interrupt);
  }

  /**
   * Waits until all tasks have ended.
   *
   * @throws GantryException or IOException as the first task that failed threw it
   * @throws CanceledException if the thread was interrupted; the tasks have ended then too
   */
  public void join() throws IOException {
    lock.lock();
    try {
      long left = LONGEST.toNanos();
      while (!running.isEmpty()) {
        left = await(left);
      }
    } finally {
      lock.unlock();
    }
    rethrow();
  }

  /** Throws what {@link #join} would throw if a task has failed, without waiting. */
  public void requireRunning() throws IOException {
    lock.lock();
    try {
      if (failure == null) {
        return;
      }
    } finally {
      lock.unlock();
    }
    rethrow();
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private long await(long left) {
    if (left <= 0) {
      end();
      throw new DeadlineExceededException("%s: not done after %s".formatted(name, LONGEST));
    }
    try {
      return changed.awaitNanos(left);
    } catch (InterruptedException e) {
      end();
      awaitEnd();
      Thread.currentThread().interrupt();
      throw new CanceledException("%s: canceled".formatted(name), e);
    }
  }

  private void rethrow() throws IOException {
    switch (failure) {
      case null -> {}
      case GantryException e -> throw e;
      case IOException e -> throw e;
      case Error e -> throw e;
      case RuntimeException e -> throw e;
      default -> throw new InternalException(name + ": " + failure.getMessage(), failure);
    }
  }

  /** Ends all tasks and waits until they have ended. */
  @Override
  public void close() {
    lock.lock();
    try {
      end();
      awaitEnd();
    } finally {
      lock.unlock();
    }
  }

  /** Also while interrupted: what they are in the middle of has to be put away. */
  @SuppressWarnings("WaitNotInLoop") // it is in one
  private void awaitEnd() {
    boolean interrupted = false;
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!running.isEmpty() && System.nanoTime() < end) {
      try {
        changed.await(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
