// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.Optional;

/**
 * Says whether the host has what a plugin needs. The kernel asks once when the probe appears; if
 * the host has it, a service {@code org.osgi.service.condition.Condition} with {@code
 * osgi.condition.id=<id>} is registered, else plugins that need the condition are shown as skipped
 * with the reason.
 */
public interface HostProbe {
  /** The id of the condition, {@code host.<area>.<feature>}. */
  String condition();

  /** Why the host lacks it; empty if it has it. */
  Optional<String> missing();
}
