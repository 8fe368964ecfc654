// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;

/**
 * The calls in one version of a plugin.
 *
 * @param oldest how long the oldest has been there; zero if there is none
 */
record Crowd(int calls, Duration oldest) {
  static Crowd of(Flights flights, long now) {
    int[] calls = {0};
    long[] first = {now};
    flights.forEach(
        (flight, _) -> {
          calls[0]++;
          first[0] = Math.min(first[0], flight.start);
        });
    return new Crowd(calls[0], Duration.ofNanos(now - first[0]));
  }

  /** In words. */
  String words() {
    return "%d calls are in it, the oldest for %s".formatted(calls, seconds(oldest));
  }

  /** For people. */
  static String seconds(Duration time) {
    return time.toMillis() < 1000
        ? time.toMillis() + " ms"
        : "%d.%d s".formatted(time.toSeconds(), time.toMillisPart() / 100);
  }
}
