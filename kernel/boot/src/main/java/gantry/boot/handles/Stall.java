// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.util.concurrent.TimeUnit;

/** Says of a crowded plugin whether it gets on with its calls. Safe for concurrent use. */
final class Stall {
  private static final long STALLED = TimeUnit.SECONDS.toNanos(5);

  private final Counts counts;
  private long ended = -1;
  private long since;

  Stall(Counts counts) {
    this.counts = counts;
  }

  /** Whether no call ended for a while although it is crowded; to be asked only then. */
  synchronized boolean stalled(long now) {
    long sum = counts.endedSum();
    if (sum != ended) {
      ended = sum;
      since = now;
    }
    return now - since > STALLED;
  }
}
