// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** One version of a plugin and how many calls are in it. Safe for concurrent use. */
final class Provider<T> {
  /** Far below zero, so that the number of calls can be counted on top of it. */
  private static final long RETIRED = Long.MIN_VALUE / 2;

  private final T service;
  private final long bundle;
  private final AtomicLong calls = new AtomicLong();
  private final CountDownLatch drained = new CountDownLatch(1);
  private volatile boolean held;

  /**
   * A version without calls.
   *
   * @param bundle id of the bundle it comes from
   * @param held whether it may not serve yet
   */
  Provider(T service, long bundle, boolean held) {
    this.service = service;
    this.bundle = bundle;
    this.held = held;
  }

  /** The id of the bundle that registered a service; less than zero if it is gone. */
  static long bundle(ServiceReference<?> reference) {
    Bundle bundle = reference.getBundle();
    return bundle == null ? Long.MIN_VALUE : bundle.getBundleId();
  }

  T service() {
    return service;
  }

  long bundle() {
    return bundle;
  }

  /** May serve from now on; false if it could before. */
  boolean admit() {
    boolean was = held;
    held = false;
    return was;
  }

  /** Whether it takes calls. */
  boolean serves() {
    return !held && calls.get() >= 0;
  }

  /** This, or the same object to be called again if it was retired. */
  Provider<T> renewed() {
    return calls.get() >= 0 ? this : new Provider<>(service, bundle, held);
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

  /** Takes no more calls. Idempotent. */
  void retire() {
    if (calls.getAndUpdate(count -> count < 0 ? count : count + RETIRED) == 0) {
      drained.countDown();
    }
  }

  /**
   * Waits until the calls in it are back, after it was retired.
   *
   * @return whether they came back in time
   */
  boolean awaitDrained(Duration patience) {
    try {
      return drained.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
