// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.time.Duration;

/**
 * The time limits of the configuration, its table {@code timeouts}. Ask each time: a limit that was
 * changed counts from the next wait on. Published by the kernel. Safe for concurrent use.
 */
@FunctionalInterface
public interface TimeLimits {
  /** Nothing is configured. */
  TimeLimits STANDARD = (key, standard) -> standard;

  /**
   * The limit in force.
   *
   * @param key for example {@code io.containerd.timeout.task.state}
   * @param standard where the configuration says nothing, or says something that is not positive
   */
  Duration of(String key, Duration standard);
}
