// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import java.time.Duration;
import java.util.Optional;

/** The messages of a client, one at a time. Read by one thread at a time. */
interface Source<Q> {
  /**
   * Waits for the next message.
   *
   * @return empty when the client will send no more
   * @throws gantry.errors.CanceledException if the call is over
   */
  Optional<Q> next() throws InterruptedException;

  /**
   * As {@link #next()}, for a shorter time.
   *
   * @throws gantry.errors.DeadlineExceededException if nothing comes; a later call may get it
   */
  Optional<Q> next(Duration patience) throws InterruptedException;
}
