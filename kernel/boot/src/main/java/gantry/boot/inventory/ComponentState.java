// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

/**
 * How a component of a bundle is.
 *
 * @param name of the component; a plugin's URI if it is one
 * @param serves whether it is active, or would be when asked for
 * @param skipped whether it does not serve because the host or the configuration says so
 * @param pending whether it waits for something that may yet come
 * @param waitsFor URI of the plugin it waits for; empty if it is none or not known
 * @param reason why it does not serve; empty if it does
 */
public record ComponentState(
    String name, boolean serves, boolean skipped, boolean pending, String waitsFor, String reason) {

  static ComponentState serving(String name) {
    return new ComponentState(name, true, false, false, "", "");
  }
}
