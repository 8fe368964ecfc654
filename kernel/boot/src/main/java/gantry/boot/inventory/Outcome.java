// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.PluginStatus.State;

/**
 * Why a plugin does not serve.
 *
 * @param pending whether it waits for something that may yet come
 * @param plugin the plugin it waits for; empty if it is none or not known
 * @param contract the contract it waits for; empty if it waits for none
 */
record Outcome(State state, String reason, boolean pending, String plugin, String contract) {
  /** It does not serve, and nothing that comes by itself would change that. */
  static Outcome stuck(State state, String reason) {
    return new Outcome(state, reason, false, "", "");
  }

  static Outcome waits(String reason) {
    return new Outcome(State.ERROR, reason, true, "", "");
  }

  /**
   * It waits for another plugin.
   *
   * @param plugin its URI; empty if any will do that offers the contract
   */
  static Outcome waitsFor(String plugin, String contract) {
    String whom = plugin.isEmpty() ? "a plugin that offers " + contract : "plugin " + plugin;
    return new Outcome(State.ERROR, "waits for " + whom, true, plugin, contract);
  }
}
