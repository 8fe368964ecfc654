// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import java.util.Optional;

/** The messages of a client, one at a time. Read by the thread that handles the call. */
interface Source<Q> {
  /**
   * Waits for the next message.
   *
   * @return empty when the client will send no more
   * @throws gantry.errors.CanceledException if the call is over
   */
  Optional<Q> next() throws InterruptedException;
}
