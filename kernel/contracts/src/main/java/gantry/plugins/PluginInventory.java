// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;

/** All plugins the kernel knows, with their status now. Safe for concurrent use. */
public interface PluginInventory {
  /** All plugins by type and id. */
  List<PluginStatus> plugins();

  /** All plugins by type and id, with all that is known of them. */
  List<PluginDetail> details();

  /**
   * Why nobody offers a contract: the plugins that would and do not serve, with the reasons. For
   * the end of a message that says that none is there.
   *
   * @param contract name of its interface
   * @param id of the plugins; empty for any
   * @return for example {@code "; plugin io.containerd.differ.v1.walking: disabled by
   *     configuration"}; empty if no such plugin is installed
   */
  default String absent(String contract, String id) {
    StringBuilder words = new StringBuilder();
    for (PluginDetail plugin : details()) {
      PluginStatus status = plugin.status();
      if (status.reason() != null
          && plugin.offers().contains(contract)
          && (id.isEmpty() || status.uri().id().equals(id))) {
        words.append("; plugin %s: %s".formatted(status.uri(), status.reason()));
      }
    }
    return words.toString();
  }
}
