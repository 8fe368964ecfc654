// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.errors.InvalidArgumentException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.TempMount;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.testkit.Layers;
import gantry.testkit.SnapshotLayersContract;
import gantry.testkit.SnapshotRecoveryContract;
import gantry.testkit.SnapshotSuccessionContract;
import gantry.testkit.SnapshotterContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlaySnapshotterTest
    implements SnapshotterContract<OverlaySnapshotter>,
        SnapshotLayersContract<OverlaySnapshotter>,
        SnapshotRecoveryContract<OverlaySnapshotter>,
        SnapshotSuccessionContract<OverlaySnapshotter> {
  private static final OverlayFeatures FEATURES = new OverlayFeatures(true, false);

  @Override
  public OverlaySnapshotter open(Path root) throws IOException {
    return new OverlaySnapshotter(OverlaySettings.of(root), OverlayFeatures.detect());
  }

  @Test
  void mounts_haveTheFormsThatClientsKnow(@TempDir Path root) throws IOException {
    OverlaySettings settings = new OverlaySettings(root, false, false, false, List.of("volatile"));
    try (OverlaySnapshotter snapshots = new OverlaySnapshotter(settings, FEATURES)) {
      String at = root + "/snapshots/";
      assertThat(snapshots.prepare("k1", "", Labels.none()))
          .containsExactly(Mount.of("bind", at + "1/fs", List.of("rw", "rbind")));
      assertThat(snapshots.view("k2", "", Labels.none()))
          .containsExactly(Mount.of("bind", at + "2/fs", List.of("ro", "rbind")));
      snapshots.commit("one", "k1", "", Labels.none());
      assertThat(snapshots.view("k3", "one", Labels.none()))
          .containsExactly(Mount.of("bind", at + "1/fs", List.of("ro", "rbind")));
      assertThat(snapshots.prepare("k4", "one", Labels.none()))
          .containsExactly(
              Mount.of(
                  "overlay",
                  "overlay",
                  List.of(
                      "index=off",
                      "workdir=" + at + "4/work",
                      "upperdir=" + at + "4/fs",
                      "lowerdir=" + at + "1/fs",
                      "volatile")));
      snapshots.commit("two", "k4", "", Labels.none());
      assertThat(snapshots.view("k5", "two", Labels.none()))
          .containsExactly(
              Mount.of(
                  "overlay",
                  "overlay",
                  List.of("index=off", "lowerdir=" + at + "4/fs:" + at + "1/fs", "volatile")));
    }
  }

  @Test
  void mounts_inUserNamespace_useUserAttributes(@TempDir Path root) throws IOException {
    OverlayFeatures features = new OverlayFeatures(false, true);
    try (OverlaySnapshotter snapshots =
        new OverlaySnapshotter(OverlaySettings.of(root), features)) {
      snapshots.prepare("k", "", Labels.none());
      snapshots.commit("one", "k", "", Labels.none());

      assertThat(snapshots.prepare("k", "one", Labels.none()).getFirst().options())
          .startsWith("userxattr")
          .doesNotContain("index=off");
      assertThat(snapshots.capabilities()).doesNotContain("rebase");
    }
  }

  @Test
  void mounts_withConfiguredIndex_doNotOverrideIt(@TempDir Path root) throws IOException {
    OverlaySettings settings = new OverlaySettings(root, false, false, false, List.of("index=on"));
    try (OverlaySnapshotter snapshots = new OverlaySnapshotter(settings, FEATURES)) {
      snapshots.prepare("k", "", Labels.none());
      snapshots.commit("one", "k", "", Labels.none());

      assertThat(snapshots.prepare("k", "one", Labels.none()).getFirst().options())
          .contains("index=on")
          .doesNotContain("index=off");
    }
  }

  @Test
  void commit_onNewParent_putsItBeneath(@TempDir Path temp) throws IOException {
    try (OverlaySnapshotter snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.mounted(
          snapshots.prepare("key", "", Labels.none()), root -> Layers.write(root, "b", "2"));
      layers.commit("base", "", root -> Layers.write(root, "a", "1"));

      snapshots.commit("name", "key", "base", Labels.none());

      assertThat(snapshots.stat("name").parent()).isEqualTo("base");
      assertThat(layers.facts("name")).containsOnlyKeys("", "a", "b");
      assertThat(snapshots.capabilities()).contains("only-remap-ids", "rebase");
    }
  }

  @Test
  void prepare_withIdMapping_givesTheLayerToItsRoot(@TempDir Path temp) throws IOException {
    Labels labels =
        Labels.of(
            Map.of(
                WellKnown.SNAPSHOT_UID_MAPPING, "1:5:1,0:100000:65536",
                WellKnown.SNAPSHOT_GID_MAPPING, "0:200000:65536"));
    try (OverlaySnapshotter snapshots = open(temp)) {
      snapshots.prepare("key", "", labels);

      Path layer = temp.resolve("snapshots/1/fs");
      assertThat(Files.getAttribute(layer, "unix:uid")).isEqualTo(100000);
      assertThat(Files.getAttribute(layer, "unix:gid")).isEqualTo(200000);
    }
  }

  @Test
  void mounts_withIdMapping_showLayersBelowSo(@TempDir Path temp) throws IOException {
    Labels labels =
        Labels.of(
            Map.of(
                WellKnown.SNAPSHOT_UID_MAPPING, "0:100000:65536",
                WellKnown.SNAPSHOT_GID_MAPPING, "0:200000:65536"));
    try (OverlaySnapshotter snapshots = open(temp.resolve("root"))) {
      assumeTrue(
          snapshots.capabilities().contains("remap-ids"),
          "the kernel cannot show these files with other owners");
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("base", "", root -> Layers.write(root, "a", "1"));

      List<Mount> active = snapshots.prepare("key", "base", labels);
      List<Mount> view = snapshots.view("view", "base", labels);

      assertThat(active).isEqualTo(snapshots.mounts("key"));
      assertThat(active.getFirst().options())
          .startsWith("uidmap=0:100000:65536", "gidmap=0:200000:65536");
      for (List<Mount> mounts : List.of(active, view)) {
        try (TempMount mount = TempMount.of(mounts, temp)) {
          Path file = mount.path().resolve("a");
          assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(100000);
          assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(200000);
          if (mounts.equals(active)) {
            assertThat(Files.getAttribute(mount.path(), "unix:uid")).isEqualTo(100000);
            Files.writeString(mount.path().resolve("b"), "x");
          }
        }
      }
    }
  }

  @Test
  void prepare_onManyLayers_canBeMounted(@TempDir Path temp) throws IOException {
    try (OverlaySnapshotter snapshots = open(temp.resolve("root"))) {
      String parent = "";
      for (int i = 0; i < 130; i++) {
        String name = "layer" + i;
        List<Mount> mounts = snapshots.prepare("key", parent, Labels.none());
        Files.writeString(upper(mounts).resolve("file" + i), "x");
        snapshots.commit(name, "key", "", Labels.none());
        parent = name;
      }

      try (TempMount mount = TempMount.of(snapshots.prepare("top", parent, Labels.none()), temp)) {
        assertThat(mount.path().resolve("file0")).exists();
        assertThat(mount.path().resolve("file129")).exists();
        Files.writeString(mount.path().resolve("new"), "x");
      }
    }
  }

  private static Path upper(List<Mount> mounts) {
    Mount mount = mounts.getFirst();
    return mount.options().stream()
        .filter(option -> option.startsWith("upperdir="))
        .map(option -> Path.of(option.substring("upperdir=".length())))
        .findFirst()
        .orElse(Path.of(mount.source()));
  }

  @Test
  void prepare_withBadIdMapping_leavesNothing(@TempDir Path temp) throws IOException {
    try (OverlaySnapshotter snapshots = open(temp)) {
      Labels labels = Labels.of(Map.of(WellKnown.SNAPSHOT_UID_MAPPING, "nonsense"));
      assertThatExceptionOfType(InvalidArgumentException.class)
          .isThrownBy(() -> snapshots.prepare("key", "", labels))
          .withMessageContaining("nonsense");

      assertThat(temp.resolve("snapshots")).isEmptyDirectory();
      snapshots.prepare("key", "", Labels.none());
    }
  }

  @Test
  void upperdirLabel_tellsWhereTheLayerIs(@TempDir Path temp) throws IOException {
    OverlaySettings settings = new OverlaySettings(temp, true, false, false, List.of());
    try (OverlaySnapshotter snapshots = new OverlaySnapshotter(settings, FEATURES)) {
      snapshots.prepare("key", "", Labels.of(Map.of("a", "1")));
      String layer = temp + "/snapshots/1/fs";

      SnapshotInfo info = snapshots.stat("key");
      assertThat(info.labels().map())
          .containsExactly(Map.entry("a", "1"), Map.entry(WellKnown.OVERLAY_UPPERDIR, layer));
      assertThat(snapshots.update(info, FieldPaths.of("labels.a")).labels().map())
          .containsEntry(WellKnown.OVERLAY_UPPERDIR, layer);
      snapshots.walk(Filter.ALL, walked -> assertThat(walked.labels()).isEqualTo(info.labels()));
    }
  }

  @Test
  void remove_leavesTheBytesToCleanup(@TempDir Path temp) throws IOException {
    try (OverlaySnapshotter snapshots = open(temp)) {
      snapshots.prepare("key", "", Labels.none());

      snapshots.remove("key");

      assertThat(temp.resolve("snapshots")).isEmptyDirectory();
      assertThat(temp.resolve("trash")).isNotEmptyDirectory();
      snapshots.cleanup();
      assertThat(temp.resolve("trash")).isEmptyDirectory();
    }
  }

  @Test
  void remove_ifConfigured_deletesAtOnce(@TempDir Path temp) throws IOException {
    OverlaySettings settings = new OverlaySettings(temp, false, true, false, List.of());
    try (OverlaySnapshotter snapshots = new OverlaySnapshotter(settings, FEATURES)) {
      snapshots.prepare("key", "", Labels.none());

      snapshots.remove("key");

      assertThat(temp.resolve("trash")).isEmptyDirectory();
    }
  }

  @Test
  void open_afterCrashBetweenDirectoryAndRecord_movesTheOrphanAside(@TempDir Path temp)
      throws IOException {
    open(temp).close();
    Files.createDirectories(temp.resolve("snapshots/7/fs/etc"));

    open(temp).close();

    assertThat(temp.resolve("snapshots")).isEmptyDirectory();
    assertThat(temp.resolve("trash")).isNotEmptyDirectory();
  }

  @Test
  void open_afterPowerLoss_makesTheDirectoriesOfNewSnapshotsAgain(@TempDir Path temp)
      throws IOException {
    Layers layers;
    try (OverlaySnapshotter snapshots = open(temp.resolve("root"))) {
      layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("base", "", root -> Layers.owner(root, "", 5, 6));
      snapshots.prepare("key", "base", Labels.none());
    }
    Files.delete(temp.resolve("root/snapshots/2/work"));
    Files.delete(temp.resolve("root/snapshots/2/fs"));
    Files.delete(temp.resolve("root/snapshots/2"));

    try (OverlaySnapshotter snapshots = open(temp.resolve("root"))) {
      new Layers(snapshots, temp.resolve("work"))
          .mounted(
              snapshots.mounts("key"),
              root -> assertThat(Layers.factsIn(root)).isEqualTo(Map.of("", "5:6 40755 ")));
    }
  }

  @Test
  void directories_arePrivateAndLayersAreNot(@TempDir Path temp) throws IOException {
    try (OverlaySnapshotter snapshots = open(temp.resolve("root"))) {
      snapshots.prepare("key", "", Labels.none());

      assertThat(mode(temp.resolve("root"))).isEqualTo("rwx------");
      assertThat(mode(temp.resolve("root/snapshots"))).isEqualTo("rwx------");
      assertThat(mode(temp.resolve("root/snapshots/1/fs"))).isEqualTo("rwxr-xr-x");
      assertThat(mode(temp.resolve("root/snapshots/1/work"))).isEqualTo("rwx--x--x");
    }
  }

  @Test
  void open_inPathThatOptionsCannotName_isRefused(@TempDir Path temp) {
    assertThatExceptionOfType(InvalidArgumentException.class)
        .isThrownBy(() -> OverlaySettings.of(temp.resolve("a:b")))
        .withMessageContaining("root_path");
  }

  @Test
  void exports_tellTheRoot(@TempDir Path temp) throws IOException {
    try (OverlaySnapshotter snapshots = open(temp)) {
      assertThat(snapshots.exports()).containsEntry("root", temp.toString());
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
