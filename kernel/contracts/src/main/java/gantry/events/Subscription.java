// SPDX-License-Identifier: Apache-2.0
package gantry.events;

import java.time.Duration;
import java.util.Optional;

/**
 * One subscriber's queue. It is bounded: a subscriber that falls too far behind is cut off and told
 * so. One thread reads it; any may close it.
 */
public interface Subscription extends AutoCloseable {
  /**
   * Takes the next event.
   *
   * @param timeout the longest wait
   * @return the event, or empty if none came in time
   * @throws gantry.errors.ResourceExhaustedException if this subscriber fell too far behind; no
   *     event follows
   * @throws gantry.errors.CanceledException if it is closed
   */
  Optional<Envelope> next(Duration timeout) throws InterruptedException;

  @Override
  void close();
}
