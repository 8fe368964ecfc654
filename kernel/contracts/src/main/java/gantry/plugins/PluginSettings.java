// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;

/** The daemon's configuration, changed while it runs. Safe for concurrent use. */
public interface PluginSettings {
  /**
   * Reads the configuration files again and applies what differs, all or nothing.
   *
   * @param dryRun compare only
   * @return what differs; empty if nothing does
   * @throws gantry.errors.InvalidArgumentException if the files cannot be taken; nothing changed
   * @throws gantry.errors.FailedPreconditionException if a plugin does not start with its new
   *     table; all have their old ones again
   */
  List<ConfigDifference> reload(boolean dryRun);
}
