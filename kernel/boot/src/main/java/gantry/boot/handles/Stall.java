// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Says of a crowded plugin whether it gets on with its calls. One whose callers only wait for
 * another plugin is not to blame, and takes more. Safe for concurrent use.
 */
final class Stall {
  private static final long STALLED = TimeUnit.SECONDS.toNanos(5);

  /** Who allows a call much time must expect that others take theirs. */
  private static final int SHARE = 60;

  /** How long a count of calls is good for: it looks at the calls of all plugins. */
  private static final long COUNTED = TimeUnit.MILLISECONDS.toNanos(100);

  private final Counts counts;
  private final IntSupplier own;
  private long ended = -1;
  private long since;
  private long countedAt = Long.MIN_VALUE / 2;
  private boolean crowded;

  /**
   * Nothing is known yet.
   *
   * @param own counts the calls that are in the plugin itself
   */
  Stall(Counts counts, IntSupplier own) {
    this.counts = counts;
    this.own = own;
  }

  /**
   * Whether no call ended for a while although it is crowded; to be asked only then.
   *
   * @param budget nanoseconds that the call which wants in may take
   */
  synchronized boolean stalled(long now, long budget) {
    long sum = counts.endedSum();
    if (sum != ended) {
      ended = sum;
      since = now;
    }
    if (now - since <= Math.max(STALLED, budget / SHARE)) {
      return false;
    }
    if (now - countedAt > COUNTED) {
      crowded = own.getAsInt() >= Flights.STALLED_MAX;
      countedAt = now;
    }
    return crowded;
  }
}
