// SPDX-License-Identifier: Apache-2.0
package gantry.itest.osgi;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A thread that makes the same call until it fails or this is closed. */
final class Repeated implements AutoCloseable {
  private static final int CALLS = 20;
  private static final long PATIENCE_SECONDS = 20;

  private final Call call;
  private final Queue<Exception> failures = new ConcurrentLinkedQueue<>();
  private final Semaphore done = new Semaphore(0);
  private final Thread thread;
  private volatile boolean ending;

  Repeated(Call call) {
    this.call = call;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  /** What a call threw; with the first the calls end. */
  Queue<Exception> failures() {
    return failures;
  }

  /** Returns once some calls more have been answered. */
  void awaitCalls() throws InterruptedException {
    done.drainPermits();
    if (!failures.isEmpty() || !done.tryAcquire(CALLS, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("no answers; failures: " + failures);
    }
  }

  /** Returns once a call waits for something. */
  void awaitWaiting() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      if (System.nanoTime() > end || !failures.isEmpty()) {
        throw new AssertionError("no call waits; failures: " + failures);
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    ending = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!ending) {
      try {
        call.run();
        done.release();
      } catch (Exception e) {
        failures.add(e);
        return;
      }
    }
  }

  /** Something to do again and again. */
  @FunctionalInterface
  interface Call {
    /** Does it. */
    void run() throws Exception;
  }
}
