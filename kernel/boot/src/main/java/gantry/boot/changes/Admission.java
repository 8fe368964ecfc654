// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.errors.CanceledException;
import gantry.errors.UnavailableException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets one change in at a time. It is the only thing that is held while plugins' code runs, and
 * must be: a change is that code's coming and going. Nothing a plugin needs to start, to stop or to
 * answer waits for it; only another change does, and that with a deadline.
 */
final class Admission {
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);

  private final Semaphore one = new Semaphore(1, true);
  private final Clock clock;
  private volatile @Nullable Underway underway;
  private volatile boolean closed;

  Admission(Clock clock) {
    this.clock = clock;
  }

  private record Underway(String what, Instant since) {}

  /**
   * Waits for the change before.
   *
   * @throws UnavailableException if it does not end in time; the message names it
   */
  void enter(String what) {
    try {
      if (!one.tryAcquire(WAIT_MAX.toNanos(), TimeUnit.NANOSECONDS)) {
        Underway other = underway;
        throw new UnavailableException(
            "%s: another change is under way: %s; try again later"
                .formatted(what, other == null ? "" : other.what() + ", since " + other.since()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(what + ": interrupted", e);
    }
    if (closed) {
      one.release();
      throw new UnavailableException(what + ": the daemon stops");
    }
    underway = new Underway(what, clock.instant());
  }

  void leave() {
    underway = null;
    one.release();
  }

  /** Lets nothing in any more. */
  void shut() {
    closed = true;
  }

  /** Lets nothing in any more, and waits for what is under way; false if it does not end. */
  boolean close(Duration patience) {
    closed = true;
    try {
      boolean ended = one.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (ended) {
        one.release();
      }
      return ended;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
