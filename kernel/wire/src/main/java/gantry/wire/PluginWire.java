// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.rpc.Code;
import com.google.rpc.Status;
import containerd.services.introspection.v1.Plugin;
import gantry.plugins.PluginStatus;

/** Rows of the plugin inventory. */
public final class PluginWire {
  /** Clients take a plugin whose error contains this for skipped, not for broken. */
  private static final String SKIP = "skip plugin";

  private PluginWire() {}

  /** Encodes a row. */
  public static Plugin encode(PluginStatus plugin) {
    Plugin.Builder encoded =
        Plugin.newBuilder()
            .setType(plugin.uri().type())
            .setId(plugin.uri().id())
            .addAllRequires(plugin.requires())
            .putAllExports(plugin.exports())
            .addAllCapabilities(plugin.capabilities());
    plugin.platforms().forEach(platform -> encoded.addPlatforms(PlatformWire.encode(platform)));
    String reason = plugin.reason() == null ? "no reason given" : plugin.reason();
    switch (plugin.state()) {
      case OK -> {}
      case SKIP -> encoded.setInitErr(error(reason.contains(SKIP) ? reason : reason + ": " + SKIP));
      case ERROR -> encoded.setInitErr(error(reason));
    }
    return encoded.build();
  }

  private static Status error(String message) {
    return Status.newBuilder().setCode(Code.UNKNOWN_VALUE).setMessage(message).build();
  }
}
