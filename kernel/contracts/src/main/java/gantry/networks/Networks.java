// SPDX-License-Identifier: Apache-2.0
package gantry.networks;

import gantry.plugins.Contract;
import java.util.List;

/**
 * The networks the host's administrator has configured. A container is in none, or in all of them
 * at once. Safe for concurrent use.
 */
@Contract
public interface Networks {
  /**
   * The names of the networks a container would get into now, in order.
   *
   * @throws gantry.errors.FailedPreconditionException if there are none or their configuration is
   *     broken
   */
  List<String> names();

  /**
   * Gives a network namespace its loopback and an interface in each network. After a failure it has
   * none.
   *
   * @throws gantry.errors.AlreadyExistsException if the container is attached
   * @throws gantry.errors.FailedPreconditionException if there are no networks
   * @throws gantry.errors.UnavailableException if it may work later
   */
  NetworkResult attach(NetworkRequest request);

  /**
   * Sees whether all is as {@link #attach} left it.
   *
   * @throws gantry.errors.NotFoundException if the container is not attached
   * @throws gantry.errors.FailedPreconditionException if something has changed; it says what
   */
  void check(String containerId);

  /**
   * Undoes {@link #attach}, as it was configured then; the network namespace may be gone. No error
   * if the container is not attached.
   *
   * @throws gantry.errors.GantryException if something is left; call again
   */
  void detach(String containerId);
}
