// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.introspection.v1.Plugin;
import gantry.oci.Platform;
import gantry.wire.PlatformWire;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A row of the plugin inventory, as the wire has it.
 *
 * @param requires plugin types
 * @param exports facts for clients, by name
 * @param errorCode gRPC status code; 0 if the plugin is well
 * @param error why it is not running; empty if the plugin is well
 */
public record PluginEntry(
    String type,
    String id,
    List<String> requires,
    List<Platform> platforms,
    Map<String, String> exports,
    List<String> capabilities,
    int errorCode,
    String error) {
  static PluginEntry decode(Plugin plugin) {
    return new PluginEntry(
        plugin.getType(),
        plugin.getId(),
        List.copyOf(plugin.getRequiresList()),
        plugin.getPlatformsList().stream().map(PlatformWire::decode).toList(),
        new TreeMap<>(plugin.getExportsMap()),
        List.copyOf(plugin.getCapabilitiesList()),
        plugin.getInitErr().getCode(),
        plugin.getInitErr().getMessage());
  }

  /** {@code ok}, {@code skip} for a plugin that does not fit the host, or {@code error}. */
  public String status() {
    if (errorCode == 0 && error.isEmpty()) {
      return "ok";
    }
    return error.contains("skip plugin") ? "skip" : "error";
  }
}
