// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How calls through a handle went since it was made. Safe for concurrent use. */
final class Counts {
  private final LongAdder ended = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder late = new LongAdder();
  private final AtomicLong longestWait = new AtomicLong();

  void ended() {
    ended.increment();
  }

  void refused() {
    refused.increment();
  }

  void late() {
    late.increment();
  }

  void waited(long nanos) {
    longestWait.accumulateAndGet(nanos, Math::max);
  }

  long endedSum() {
    return ended.sum();
  }

  long refusedSum() {
    return refused.sum();
  }

  long lateSum() {
    return late.sum();
  }

  Duration longestWait() {
    return Duration.ofNanos(longestWait.get());
  }
}
