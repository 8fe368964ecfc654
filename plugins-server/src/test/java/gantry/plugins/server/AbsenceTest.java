// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.PluginUri;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AbsenceTest {
  private final Absence absence = new Absence();

  @Test
  void pluginThatDoesNotServe_hasItsReason() {
    absence.askFrom(inventory(plugin("io.containerd.grpc.v1.images", "waits for plugin x")));

    assertThat(absence.ofPlugin("io.containerd.grpc.v1.images")).isEqualTo(": waits for plugin x");
    assertThat(absence.ofPlugin("io.containerd.grpc.v1.leases")).isEmpty();
  }

  @Test
  void serviceWhosePluginIsInstalledButDoesNotServe_hasItsReason() {
    absence.askFrom(
        inventory(
            plugin("io.containerd.grpc.v1.images", "disabled by configuration"),
            plugin("io.containerd.grpc.v1.leases", null)));

    assertThat(absence.ofService("containerd.services.images.v1.Images"))
        .isEqualTo("; plugin io.containerd.grpc.v1.images: disabled by configuration");
    assertThat(absence.ofService("containerd.services.leases.v1.Leases")).isEmpty();
    assertThat(absence.ofService("containerd.services.nothing.v1.Nothing")).isEmpty();
    assertThat(absence.ofService("containerd.services.")).isEmpty();
    assertThat(absence.ofService("images")).isEmpty();
  }

  @Test
  void untilSomebodyKnows_nothingIsSaid() {
    assertThat(absence.ofPlugin("io.containerd.grpc.v1.images")).isEmpty();
  }

  private static PluginStatus plugin(String uri, @Nullable String reason) {
    return new PluginStatus(
        PluginUri.parse(uri),
        List.of(),
        List.of(),
        Map.of(),
        List.of(),
        reason == null ? State.OK : State.ERROR,
        reason);
  }

  private static PluginInventory inventory(PluginStatus... plugins) {
    return new PluginInventory() {
      @Override
      public List<PluginStatus> plugins() {
        return List.of(plugins);
      }

      @Override
      public List<PluginDetail> details() {
        throw new AssertionError("not asked for");
      }
    };
  }
}
