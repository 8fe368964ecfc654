// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.Optional;

/**
 * Says whether a plugin could do its work now. A component that can tell publishes this beside its
 * contract. The kernel asks before it moves calls to a new version, in a thread of its own and with
 * a deadline; a problem, an exception or no answer keep the version before in place.
 */
public interface HealthCheck {
  /**
   * What is wrong, in words; empty if nothing is. It must change nothing that another version of
   * the plugin would see.
   *
   * @throws Exception instead of words
   */
  Optional<String> problem() throws Exception;
}
