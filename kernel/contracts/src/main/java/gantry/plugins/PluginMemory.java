// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.function.Supplier;

/**
 * What a plugin knows that is on no disk and that its next version must know too, also while both
 * are active. It lasts until the daemon stops. Safe for concurrent use.
 */
public interface PluginMemory {
  /**
   * The object that a plugin keeps under a name.
   *
   * <p>It, and whatever is put into it for longer than a call, must be of classes of the JDK and of
   * contracts: an object of a plugin's own class keeps its version from going, and is of no use to
   * the next. A version that wants an object of another form takes another name.
   *
   * @param plugin its URI
   * @param first makes the object when the plugin has none of this name
   */
  <T> T keep(String plugin, String name, Supplier<? extends T> first);
}
