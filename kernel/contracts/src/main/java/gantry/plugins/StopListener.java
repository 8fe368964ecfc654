// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * Told once that the daemon is about to stop, while every plugin still serves. A component that
 * must act before the others go publishes this; it is not told when it alone is stopped. All are
 * told one after another and the stop waits for each, so it must return within seconds.
 */
public interface StopListener {
  /** The daemon stops after this. */
  void daemonStops();
}
