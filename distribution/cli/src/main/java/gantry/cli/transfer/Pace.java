// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast bytes came lately. Times are nanoseconds of any clock. */
final class Pace {
  private static final long WINDOW = Duration.ofSeconds(5).toNanos();

  private record Mark(long time, long bytes) {}

  private final Deque<Mark> marks = new ArrayDeque<>();

  /** So many bytes have come in all. */
  void at(long time, long bytes) {
    marks.addLast(new Mark(time, bytes));
    while (marks.size() > 2 && time - marks.getFirst().time() > WINDOW) {
      marks.removeFirst();
    }
  }

  /** Bytes a second; 0 if that cannot be said. */
  double rate() {
    if (marks.size() < 2) {
      return 0;
    }
    Mark from = marks.getFirst();
    Mark to = marks.getLast();
    double seconds = (to.time() - from.time()) / 1e9;
    return seconds <= 0 ? 0 : Math.max(0, to.bytes() - from.bytes()) / seconds;
  }

  /** How long so many bytes more will take, if that can be said. */
  Optional<Duration> left(long bytes) {
    double rate = rate();
    return rate < 1 || bytes <= 0
        ? Optional.empty()
        : Optional.of(Duration.ofMillis((long) (bytes / rate * 1000)));
  }
}
