// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;

/** The calls between plugins, as the kernel counts them. Safe for concurrent use. */
public interface PluginTraffic {
  /** All handles by plugin and contract. */
  List<HandleStatus> handles();
}
