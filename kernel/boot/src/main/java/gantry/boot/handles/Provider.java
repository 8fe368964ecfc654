// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** One version of a plugin and how many calls are in it. Safe for concurrent use. */
final class Provider<T> {
  /** Far below zero, so that the number of calls can be counted on top of it. */
  private static final long RETIRED = Long.MIN_VALUE / 2;

  private final T service;
  private final AtomicLong calls = new AtomicLong();
  private final CountDownLatch drained = new CountDownLatch(1);

  Provider(T service) {
    this.service = service;
  }

  T service() {
    return service;
  }

  /** Begins a call; false if this version takes no more. */
  boolean enter() {
    if (calls.getAndIncrement() >= 0) {
      return true;
    }
    leave();
    return false;
  }

  /** Ends a call. */
  void leave() {
    if (calls.decrementAndGet() == RETIRED) {
      drained.countDown();
    }
  }

  /**
   * Takes no more calls and waits until those in it are back. Idempotent.
   *
   * @return whether they came back in time
   */
  boolean retire(Duration patience) {
    if (calls.getAndUpdate(count -> count < 0 ? count : count + RETIRED) == 0) {
      drained.countDown();
    }
    try {
      return drained.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
