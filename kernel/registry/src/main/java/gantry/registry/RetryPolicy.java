// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.time.Duration;

/**
 * How the last host of a repository is asked again after 408, 429, 500, 502, 503, 504 and broken
 * connections. Hosts before it are not: the next one is asked instead.
 *
 * @param attempts requests in all, at least 1
 * @param firstPause before the second one; doubles each time
 * @param longestPause bounds a pause; when {@code Retry-After} asks for more, the call fails at
 *     once and says so
 */
public record RetryPolicy(int attempts, Duration firstPause, Duration longestPause) {
  /** Five attempts, from 200 ms on, at most 30 s. */
  public static RetryPolicy usual() {
    return new RetryPolicy(5, Duration.ofMillis(200), Duration.ofSeconds(30));
  }

  /** The pause after so many attempts failed. */
  Duration pause(int failed) {
    Duration pause = firstPause.multipliedBy(1L << Math.min(failed - 1, 20));
    return pause.compareTo(longestPause) > 0 ? longestPause : pause;
  }
}
