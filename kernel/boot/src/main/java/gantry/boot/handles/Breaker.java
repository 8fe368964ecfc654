// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps calls out of a plugin that does not answer. Opens when {@value #LATE_MAX} calls outlasted
 * their deadline and none ended in time between them; then lets one call in at a time, after a
 * while each, and closes when any call ends in time. Safe for concurrent use.
 */
final class Breaker {
  /** How many late calls open it. */
  static final int LATE_MAX = 5;

  /** When a call is let in to see, after the last that was late. */
  static final Duration RETRY = Duration.ofSeconds(10);

  private final long retryNanos;
  private final AtomicInteger late = new AtomicInteger();
  private volatile boolean open;

  /** Guarded by this, as {@link #probing}. */
  private long tryAt;

  private boolean probing;

  /**
   * A closed one.
   *
   * @param retry after how long a call is let in to see
   */
  Breaker(Duration retry) {
    this.retryNanos = retry.toNanos();
  }

  boolean isOpen() {
    return open;
  }

  /** How many calls were late since one ended in time. */
  int late() {
    return late.get();
  }

  /** Whether a call that comes now may go on to an open breaker's plugin: one may, to see. */
  synchronized boolean admitsProbe(long now) {
    if (open && (probing || now < tryAt)) {
      return false;
    }
    probing = open;
    return true;
  }

  /** The probe did not get in. */
  synchronized void probeFailed(long now) {
    probing = false;
    tryAt = now;
  }

  /** A call ended in time. */
  void answered() {
    if (late.get() != 0) {
      close();
    }
  }

  /** A call outlasted its deadline. */
  synchronized void late(long now) {
    if (late.incrementAndGet() >= LATE_MAX) {
      open = true;
      probing = false;
      tryAt = now + retryNanos;
    }
  }

  private synchronized void close() {
    late.set(0);
    open = false;
    probing = false;
  }
}
