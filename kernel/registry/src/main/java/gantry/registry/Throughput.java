// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.time.Duration;

/**
 * Judges whether a body moves fast enough. Only time spent waiting for the network counts, and the
 * count begins anew whenever the least number of bytes has moved, so that a stall after a good
 * start is noticed within one window. Safe for use by the mover and a watcher.
 */
final class Throughput {
  private final long leastBytes;
  private final long windowNanos;
  private long bytes;
  private long waited;
  private long waitingSince;
  private boolean waiting;
  private long total;

  Throughput(Deadlines deadlines) {
    leastBytes = deadlines.leastBytes();
    windowNanos = deadlines.window().toNanos();
  }

  synchronized void waits() {
    if (!waiting) {
      waiting = true;
      waitingSince = System.nanoTime();
    }
  }

  synchronized void moved(long count) {
    if (waiting) {
      waited += System.nanoTime() - waitingSince;
      waiting = false;
    }
    if (count > 0) {
      bytes += count;
      total += count;
    }
    if (bytes >= leastBytes) {
      bytes = 0;
      waited = 0;
    }
  }

  synchronized boolean tooSlow() {
    return waitedNanos() >= windowNanos;
  }

  private long waitedNanos() {
    return waited + (waiting ? System.nanoTime() - waitingSince : 0);
  }

  synchronized long total() {
    return total;
  }

  /** For a message, when it was too slow. */
  synchronized String story() {
    long nanos = Math.max(waitedNanos(), 1);
    return "only %d bytes came in %s (%.1f bytes/s) after %d in all, want at least %d in %s"
        .formatted(
            bytes, seconds(nanos), bytes * 1e9 / nanos, total, leastBytes, seconds(windowNanos));
  }

  private static String seconds(long nanos) {
    return "%.1f s".formatted(Duration.ofNanos(nanos).toMillis() / 1000.0);
  }
}
