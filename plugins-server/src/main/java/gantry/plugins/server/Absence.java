// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Why a service is not there, for the end of a message to a client. Safe for concurrent use. */
final class Absence {
  private static final String SERVICES = "containerd.services.";
  private static final String ADAPTERS = "io.containerd.grpc.v1";

  private volatile @Nullable PluginInventory inventory;

  /** Sets who knows; until then nobody does. */
  void askFrom(PluginInventory inventory) {
    this.inventory = inventory;
  }

  /** Why a plugin does not serve, after a colon; empty if it does, or nobody knows. */
  String ofPlugin(String plugin) {
    PluginStatus status = find(candidate -> candidate.uri().toString().equals(plugin));
    return status == null || status.reason() == null ? "" : ": " + status.reason();
  }

  /**
   * Why a service was never there, if a plugin is installed that would serve it. By the names of
   * containerd, {@code containerd.services.images.v1.Images} is served by the plugin {@code
   * io.containerd.grpc.v1.images}.
   */
  String ofService(String service) {
    if (!service.startsWith(SERVICES)) {
      return "";
    }
    int from = SERVICES.length();
    int to = service.indexOf('.', from);
    String id = service.substring(from, to < 0 ? service.length() : to);
    PluginStatus status =
        find(
            candidate ->
                candidate.uri().type().equals(ADAPTERS) && candidate.uri().id().equals(id));
    return status == null || status.reason() == null
        ? ""
        : "; plugin %s: %s".formatted(status.uri(), status.reason());
  }

  private @Nullable PluginStatus find(Predicate<PluginStatus> which) {
    PluginInventory asked = inventory;
    return asked == null ? null : asked.plugins().stream().filter(which).findFirst().orElse(null);
  }
}
