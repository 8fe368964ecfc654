// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * One version of a plugin and the calls in it. Each version has places and a breaker of its own, so
 * that the next one starts afresh where this one hangs. Safe for concurrent use.
 */
final class Provider<T> {
  private final T service;
  private final long bundle;
  private final Watch watch;
  private final Counts counts;
  private final Flights flights = new Flights();
  private final Breaker breaker;
  private final Stall stall;
  private final CountDownLatch drained = new CountDownLatch(1);
  private final Duration retry;
  private volatile boolean held;
  private volatile boolean retired;

  /**
   * A version without calls.
   *
   * @param bundle id of the bundle it comes from
   * @param held whether it may not serve yet
   * @param retry when a plugin that hangs gets a call to see
   */
  Provider(T service, long bundle, boolean held, Watch watch, Counts counts, Duration retry) {
    this.service = service;
    this.bundle = bundle;
    this.held = held;
    this.watch = watch;
    this.counts = counts;
    this.retry = retry;
    this.breaker = new Breaker(retry);
    this.stall = new Stall(counts, () -> watch.own(this));
    watch.add(this);
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

  Flights flights() {
    return flights;
  }

  Breaker breaker() {
    return breaker;
  }

  /** This, or the same object to be called again if it was retired; it may serve from now on. */
  Provider<T> admitted() {
    held = false;
    return renewed();
  }

  /** Whether it takes calls. */
  boolean serves() {
    return !held && !retired;
  }

  /** This, or the same object to be called again if it was retired. */
  Provider<T> renewed() {
    return retired ? new Provider<>(service, bundle, held, watch, counts, retry) : this;
  }

  /** Begins a call, if it may. */
  Entry enter(Flight<T> flight) {
    boolean probe = breaker.isOpen();
    if (probe && !breaker.admitsProbe(flight.start)) {
      return Entry.BROKEN;
    }
    if (!flights.enter(flight) && !enterCrowd(flight)) {
      if (probe) {
        breaker.probeFailed(flight.start);
      }
      return Entry.FULL;
    }
    // After the place was taken: who retires this sees the call, or the call sees that.
    if (retired) {
      release(flight);
      return Entry.RETIRED;
    }
    watch.expect(flight.deadline);
    return Entry.IN;
  }

  /**
   * Ends a call.
   *
   * @return whether it was interrupted for its deadline; its thread is not any more
   */
  boolean leave(Flight<T> flight) {
    boolean late = release(flight);
    counts.ended();
    if (!late) {
      breaker.answered();
    }
    return late;
  }

  /** Interrupts a call for its deadline, unless it has just ended. */
  void interrupt(Flight<?> flight, long now) {
    if (flights.interrupt(flight)) {
      counts.late();
      breaker.late(now);
    }
  }

  /** Takes no more calls. Idempotent. */
  void retire() {
    retired = true;
    settle();
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

  private boolean enterCrowd(Flight<T> flight) {
    return !stall.stalled(flight.start, flight.deadline - flight.start)
        && flights.enterCrowd(flight);
  }

  private boolean release(Flight<T> flight) {
    boolean late = flights.leave(flight);
    if (late) {
      Thread.interrupted();
    }
    if (retired) {
      settle();
    }
    return late;
  }

  private void settle() {
    if (flights.isEmpty()) {
      drained.countDown();
      watch.remove(this);
    }
  }

  /** What became of a call that wanted in. */
  enum Entry {
    /** It is in. */
    IN,
    /** This version takes no calls any more, another will. */
    RETIRED,
    /** Too many are in it. */
    FULL,
    /** Those before did not end in time. */
    BROKEN
  }
}
