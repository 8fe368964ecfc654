// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.Map;
import java.util.Set;

/**
 * What a plugin tells clients of itself. A component that has something to tell publishes this
 * beside its contract; it is asked after activation and must answer at once.
 */
public interface PluginFacts {
  /** Values by name, for example {@code root}. */
  default Map<String, String> exports() {
    return Map.of();
  }

  /** Abilities, for example {@code rebase}. */
  default Set<String> capabilities() {
    return Set.of();
  }
}
