// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;

/** All plugins the kernel knows, with their status now. Safe for concurrent use. */
public interface PluginInventory {
  /** All plugins by type and id. */
  List<PluginStatus> plugins();

  /** All plugins by type and id, with all that is known of them. */
  List<PluginDetail> details();
}
