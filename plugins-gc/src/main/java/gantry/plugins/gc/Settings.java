// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import java.time.Duration;

/**
 * What the plugin's table says.
 *
 * @param pauseThreshold 0 to 0.5: part of the time that collections may take
 * @param deletionThreshold deletions that bring a collection forward; 0 for none
 * @param mutationThreshold changes that make the next collection worth while; 0 for none
 * @param scheduleDelay how long what is asked for, or brought forward, is put off
 * @param startupDelay when the first collection begins
 */
record Settings(
    double pauseThreshold,
    int deletionThreshold,
    int mutationThreshold,
    Duration scheduleDelay,
    Duration startupDelay) {
  private static final double PAUSE_MAX = 0.5;

  /** Brings numbers that are out of range into it, as containerd does. */
  Settings {
    pauseThreshold = Math.clamp(pauseThreshold, 0, PAUSE_MAX);
    deletionThreshold = Math.max(0, deletionThreshold);
    mutationThreshold = Math.max(0, mutationThreshold);
  }
}
