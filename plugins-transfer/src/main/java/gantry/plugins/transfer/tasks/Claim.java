// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.tasks;

import gantry.errors.CanceledException;
import gantry.errors.UnavailableException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/** The right to do something that has a name, until it is closed. Safe for concurrent use. */
public final class Claim implements AutoCloseable {
  private final String name;
  private final BiConsumer<String, Claim> release;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private boolean hasEnded;
  private volatile long offset;
  private volatile long activity = System.nanoTime();

  Claim(String name, BiConsumer<String, Claim> release) {
    this.name = name;
    this.release = release;
  }

  /** Shows those who wait that something goes on, and how far it is. */
  public void moved(long to) {
    offset = to;
    activity = System.nanoTime();
  }

  /** How far it is, in bytes mostly. */
  public long offset() {
    return offset;
  }

  void awaitEnd(Duration patience) {
    lock.lock();
    try {
      while (!hasEnded) {
        long left = activity + patience.toNanos() - System.nanoTime();
        if (left <= 0) {
          throw new UnavailableException(
              "wait for %s: another transfer has it and did nothing for %s, try again"
                  .formatted(name, patience));
        }
        ended.await(left, TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("wait for %s: canceled".formatted(name), e);
    } finally {
      lock.unlock();
    }
  }

  /** Lets the next one have it. Idempotent. */
  @Override
  public void close() {
    release.accept(name, this);
    lock.lock();
    try {
      hasEnded = true;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
