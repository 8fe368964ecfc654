// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.PluginStatus.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PluginInventoryTest {
  private final PluginInventory inventory =
      new PluginInventory() {
        @Override
        public List<PluginStatus> plugins() {
          return details().stream().map(PluginDetail::status).toList();
        }

        @Override
        public List<PluginDetail> details() {
          return List.of(
              plugin("a.snapshotter.v1.native", "Snapshotter", null),
              plugin("a.snapshotter.v1.zfs", "Snapshotter", "no module zfs"),
              plugin("a.snapshotter.v1.cloud", "Snapshotter", "waits for plugin x"),
              plugin("a.differ.v1.zfs", "Differ", "disabled by configuration"));
        }
      };

  @Test
  void absent_namesThoseThatWouldOfferTheContract() {
    assertThat(inventory.absent("Snapshotter", ""))
        .isEqualTo(
            "; plugin a.snapshotter.v1.zfs: no module zfs"
                + "; plugin a.snapshotter.v1.cloud: waits for plugin x");
    assertThat(inventory.absent("Snapshotter", "zfs"))
        .isEqualTo("; plugin a.snapshotter.v1.zfs: no module zfs");
  }

  @Test
  void absent_saysNothingOfWhatServesOrIsNotInstalled() {
    assertThat(inventory.absent("Snapshotter", "native")).isEmpty();
    assertThat(inventory.absent("Snapshotter", "btrfs")).isEmpty();
    assertThat(inventory.absent("Runtime", "")).isEmpty();
  }

  private static PluginDetail plugin(String uri, String offers, @Nullable String reason) {
    return new PluginDetail(
        new PluginStatus(
            PluginUri.parse(uri),
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            reason == null ? State.OK : State.ERROR,
            reason),
        false,
        Instant.EPOCH,
        "bundle",
        "1.0.0",
        "",
        List.of(offers),
        List.of(),
        "");
  }
}
