// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.native_;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.testkit.Layers;
import gantry.testkit.SnapshotLayersContract;
import gantry.testkit.SnapshotRecoveryContract;
import gantry.testkit.SnapshotSuccessionContract;
import gantry.testkit.SnapshotterContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeSnapshotterTest
    implements SnapshotterContract<NativeSnapshotter>,
        SnapshotLayersContract<NativeSnapshotter>,
        SnapshotRecoveryContract<NativeSnapshotter>,
        SnapshotSuccessionContract<NativeSnapshotter> {
  @Override
  public NativeSnapshotter open(Path root) throws IOException {
    return new NativeSnapshotter(root);
  }

  @Test
  void mounts_areBinds(@TempDir Path root) throws IOException {
    try (NativeSnapshotter snapshots = open(root)) {
      String at = root + "/snapshots/";
      assertThat(snapshots.prepare("k1", "", Labels.none()))
          .containsExactly(Mount.of("bind", at + "1", List.of("rbind", "rw")));
      assertThat(snapshots.view("k2", "", Labels.none()))
          .containsExactly(Mount.of("bind", at + "2", List.of("rbind", "ro")));
      snapshots.commit("one", "k1", "", Labels.none());
      assertThat(snapshots.view("k3", "one", Labels.none()))
          .containsExactly(Mount.of("bind", at + "1", List.of("rbind", "ro")));
      assertThat(snapshots.prepare("k4", "one", Labels.none()))
          .containsExactly(Mount.of("bind", at + "4", List.of("rbind", "rw")));
    }
  }

  @Test
  void commit_onNewParent_isUnimplemented(@TempDir Path root) throws IOException {
    try (NativeSnapshotter snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      snapshots.prepare("key", "", Labels.none());

      assertThatExceptionOfType(UnimplementedException.class)
          .isThrownBy(() -> snapshots.commit("name", "key", "base", Labels.none()));
      assertThat(snapshots.capabilities()).isEmpty();
    }
  }

  @Test
  void prepare_thatFailsHalfWay_leavesNothing(@TempDir Path root) throws IOException {
    try (NativeSnapshotter snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      Files.delete(root.resolve("snapshots/1"));

      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> snapshots.prepare("key", "base", Labels.none()));

      assertThat(root.resolve("snapshots")).isEmptyDirectory();
      assertThat(root.resolve("trash")).isEmptyDirectory();
      snapshots.prepare("key", "", Labels.none());
    }
  }

  @Test
  void remove_deletesAtOnce(@TempDir Path root) throws IOException {
    try (NativeSnapshotter snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.none());
      Layers.write(root.resolve("snapshots/1"), "file", "text");

      snapshots.remove("key");

      assertThat(root.resolve("snapshots")).isEmptyDirectory();
      assertThat(root.resolve("trash")).isEmptyDirectory();
    }
  }

  @Test
  void open_afterCrashBetweenDirectoryAndRecord_movesTheOrphanAside(@TempDir Path root)
      throws IOException {
    open(root).close();
    Files.createDirectories(root.resolve("snapshots/7/etc"));

    open(root).close();

    assertThat(root.resolve("snapshots")).isEmptyDirectory();
    assertThat(root.resolve("trash")).isNotEmptyDirectory();
  }

  @Test
  void open_afterPowerLoss_makesTheDirectoryOfAnEmptySnapshotAgain(@TempDir Path root)
      throws IOException {
    try (NativeSnapshotter snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.none());
    }
    Files.delete(root.resolve("snapshots/1"));

    open(root).close();

    assertThat(Layers.factsIn(root.resolve("snapshots/1"))).isEqualTo(Map.of("", "0:0 40755 "));
  }

  @Test
  void exports_tellTheRoot(@TempDir Path root) throws IOException {
    try (NativeSnapshotter snapshots = open(root)) {
      assertThat(snapshots.exports()).containsEntry("root", root.toString());
    }
  }
}
