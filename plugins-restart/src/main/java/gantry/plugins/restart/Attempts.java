// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often each container was started anew of late, and so how long to wait before the next time:
 * a second at first, then twice as long each time, at most the interval. One that ran for an
 * interval begins anew. Safe for concurrent use.
 */
final class Attempts {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final int DOUBLINGS_MAX = 20;

  private record Attempt(int number, long at, @Nullable Instant recordUpdated) {}

  private final Map<ContainerName, Attempt> attempts = new ConcurrentHashMap<>();
  private final Duration interval;
  private final LongSupplier clock;

  /**
   * Without any attempts.
   *
   * @param clock nanoseconds, of which only differences are taken
   */
  Attempts(Duration interval, LongSupplier clock) {
    this.interval = interval;
    this.clock = clock;
  }

  /**
   * A container was started, or could not be.
   *
   * @param recordUpdated when we changed its record for that, or null
   */
  void tried(ContainerName name, @Nullable Instant recordUpdated) {
    long now = clock.getAsLong();
    attempts.compute(
        name, (_, last) -> new Attempt(last == null ? 1 : last.number() + 1, now, recordUpdated));
  }

  /** How long to wait after an exit that has just been seen. */
  Duration pause(ContainerName name) {
    long now = clock.getAsLong();
    Attempt last =
        attempts.computeIfPresent(
            name, (_, attempt) -> now - attempt.at() < interval.toNanos() ? attempt : null);
    Duration first = least(FIRST);
    return last == null
        ? first
        : least(first.multipliedBy(1L << Math.min(last.number(), DOUBLINGS_MAX)));
  }

  private Duration least(Duration wanted) {
    return wanted.compareTo(interval) < 0 ? wanted : interval;
  }

  /** Whether it was us who changed the container's record last. */
  boolean isOurs(ContainerName name, Instant recordUpdated) {
    Attempt last = attempts.get(name);
    return last != null && recordUpdated.equals(last.recordUpdated());
  }

  /** Forgets all but these. */
  void retain(Collection<ContainerName> names) {
    attempts.keySet().retainAll(names);
  }
}
