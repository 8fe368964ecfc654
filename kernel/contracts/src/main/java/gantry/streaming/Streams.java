// SPDX-License-Identifier: Apache-2.0
package gantry.streaming;

import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.plugins.Contract;

/** The open streams by namespace and id. Safe for concurrent use. */
@Contract
public interface Streams {
  /**
   * Makes a stream known until it is closed.
   *
   * @throws gantry.errors.AlreadyExistsException if the id is in use in the caller's namespace
   * @throws gantry.errors.ResourceExhaustedException if too many are open
   */
  void register(Caller caller, String id, MessageStream stream);

  /**
   * Finds a stream.
   *
   * @throws gantry.errors.NotFoundException if none of this id is open
   */
  MessageStream get(Namespace namespace, String id);
}
