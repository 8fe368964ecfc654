// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.Map;

/** How much the daemon logs, changed while it runs. Safe for concurrent use. */
public interface LogLevels {
  /** The name of the logger that all others take their level from. */
  String ROOT = "root";

  /** Levels that were set, by logger; the one of {@link #ROOT} is always there. */
  Map<String, String> levels();

  /**
   * Sets the level of a logger and of those below it.
   *
   * @param level one of trace, debug, info, warn, error, fatal, panic
   * @throws gantry.errors.InvalidArgumentException if there is no such level
   */
  void set(String logger, String level);
}
