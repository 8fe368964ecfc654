// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.tasks;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many may do something at once, first come, first served. Safe for concurrent use. */
public final class Permits {
  private static final Duration LONGEST = Duration.ofHours(12);

  private final String what;
  private final Semaphore free;

  /** Takes what it is that is done, for messages, and how many may. */
  public Permits(String what, int count) {
    this.what = what;
    this.free = new Semaphore(count, true);
  }

  /**
   * Waits for a permit.
   *
   * @throws CanceledException if the thread was interrupted
   */
  public Permit acquire() {
    try {
      if (!free.tryAcquire(LONGEST.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceededException(
            "%s: all permits were in use for %s, try again".formatted(what, LONGEST));
      }
      return new Permit(free, 1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("%s: canceled".formatted(what), e);
    }
  }

  /** Takes as many as are idle and nobody waits for, at most {@code most}; maybe none. */
  public Permit idle(int most) {
    int taken = 0;
    while (taken < most && !free.hasQueuedThreads() && free.tryAcquire()) {
      taken++;
    }
    return new Permit(free, taken);
  }

  /** Some permits until closed. */
  public record Permit(Semaphore from, int count) implements AutoCloseable {
    @Override
    public void close() {
      from.release(count);
    }
  }
}
