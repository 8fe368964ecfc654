// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static gantry.testkit.Layers.directory;
import static gantry.testkit.Layers.mode;
import static gantry.testkit.Layers.owner;
import static gantry.testkit.Layers.removeAll;
import static gantry.testkit.Layers.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import gantry.labels.Labels;
import gantry.linux.files.Xattrs;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What files must look like through the mounts of a {@link Snapshotter}. Needs root. */
@Tag("root")
public interface SnapshotLayersContract<S extends Snapshotter & Closeable> {
  /** Opens the snapshotter of a directory, which may have been used before. */
  S open(Path root) throws IOException;

  @Test
  default void prepared_withoutParent_isAnEmptyDirectory(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));

      layers.mounted(
          snapshots.prepare("key", "", Labels.none()),
          root -> assertThat(Layers.factsIn(root)).isEqualTo(Map.of("", "0:0 40755 ")));
    }
  }

  @Test
  default void prepared_keepsWhatIsWritten(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.mounted(
          snapshots.prepare("key", "", Labels.none()), root -> write(root, "file", "text"));

      layers.mounted(
          snapshots.mounts("key"), root -> assertThat(root.resolve("file")).hasContent("text"));
    }
  }

  @Test
  default void child_showsItsParents(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("one", "", root -> write(root, "a", "1"));
      layers.commit("two", "one", root -> write(root, "b", "2"));
      layers.commit("three", "two", root -> write(root, "c", "3"));

      assertThat(layers.facts("three")).containsOnlyKeys("", "a", "b", "c");
      assertThat(layers.facts("two")).containsOnlyKeys("", "a", "b");
      assertThat(layers.facts("one")).containsOnlyKeys("", "a");
    }
  }

  @Test
  default void change_inChild_leavesTheParent(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit(
          "one",
          "",
          root -> {
            directory(root, "d/e");
            write(root, "d/e/file", "old");
          });
      Map<String, String> before = layers.facts("one");
      layers.commit("two", "one", root -> write(root, "d/e/file", "new"));

      assertThat(layers.facts("two")).containsEntry("d/e/file", "0:0 100644 new");
      assertThat(layers.facts("one")).isEqualTo(before).containsEntry("d/e/file", "0:0 100644 old");
    }
  }

  @Test
  default void deletion_inChild_holdsForItsChildren(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit(
          "one",
          "",
          root -> {
            directory(root, "d/e");
            write(root, "d/e/f", "1");
            write(root, "file", "1");
            write(root, "kept", "1");
          });
      layers.commit(
          "two",
          "one",
          root -> {
            removeAll(root, "d");
            removeAll(root, "file");
          });
      layers.commit("three", "two", root -> write(root, "more", "3"));

      assertThat(layers.facts("two")).containsOnlyKeys("", "kept");
      assertThat(layers.facts("three")).containsOnlyKeys("", "kept", "more");
      assertThat(layers.facts("one")).containsOnlyKeys("", "d", "d/e", "d/e/f", "file", "kept");
    }
  }

  @Test
  default void deleted_canBeMadeAgainAsSomethingElse(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit(
          "one",
          "",
          root -> {
            directory(root, "directory");
            write(root, "directory/old", "1");
            write(root, "file", "1");
            directory(root, "again");
            write(root, "again/old", "1");
          });
      layers.commit(
          "two",
          "one",
          root -> {
            removeAll(root, "directory");
            write(root, "directory", "now a file");
            removeAll(root, "file");
            directory(root, "file");
            removeAll(root, "again");
            directory(root, "again");
            write(root, "again/new", "2");
          });

      assertThat(layers.facts("two"))
          .containsOnlyKeys("", "again", "again/new", "directory", "file")
          .containsEntry("directory", "0:0 100644 now a file")
          .containsEntry("file", "0:0 40755 ");
    }
  }

  @Test
  default void rename_inChild_moves(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit(
          "one",
          "",
          root -> {
            directory(root, "a");
            directory(root, "b");
            write(root, "a/file", "text");
            write(root, "b/other", "other");
          });
      layers.commit(
          "two",
          "one",
          root -> {
            move(root, "a/file", "b/moved");
            move(root, "b/moved", "b/other");
            directory(root, "new");
            write(root, "new/file", "2");
            move(root, "new", "a/renamed");
          });

      assertThat(layers.facts("two"))
          .containsOnlyKeys("", "a", "a/renamed", "a/renamed/file", "b", "b/other")
          .containsEntry("b/other", "0:0 100644 text");
      assertThat(layers.facts("one")).containsKeys("a/file", "b/other");
    }
  }

  @Test
  default void modeAndOwner_inChild_areItsOwn(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit(
          "one",
          "",
          root -> {
            directory(root, "d");
            write(root, "d/file", "text");
            owner(root, "d/file", 5, 6);
          });
      layers.commit(
          "two",
          "one",
          root -> {
            mode(root, "d", "rwx------");
            owner(root, "d", 7, 8);
            mode(root, "d/file", "r-x--x---");
          });
      layers.commit("three", "two", root -> owner(root, "d/file", 9, 10));

      assertThat(layers.facts("one"))
          .containsEntry("d", "0:0 40755 ")
          .containsEntry("d/file", "5:6 100644 text");
      assertThat(layers.facts("two"))
          .containsEntry("d", "7:8 40700 ")
          .containsEntry("d/file", "5:6 100510 text");
      assertThat(layers.facts("three")).containsEntry("d/file", "9:10 100510 text");
    }
  }

  @Test
  default void root_inChild_hasOwnerAndModeOfTheParents(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("one", "", root -> owner(root, "", 12, 34));

      layers.commit("two", "one", root -> write(root, "file", "x"));

      assertThat(layers.facts("two")).containsEntry("", "12:34 40755 ");
      layers.mounted(
          snapshots.prepare("key", "two", Labels.none()),
          root -> assertThat(Layers.factsIn(root)).containsEntry("", "12:34 40755 "));
    }
  }

  @Test
  default void linksDevicesAndAttributes_areKept(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit(
          "one",
          "",
          root -> {
            write(root, "file", "text");
            Files.createLink(root.resolve("hard"), root.resolve("file"));
            Files.createSymbolicLink(root.resolve("soft"), Path.of("/etc/passwd"));
            owner(root, "soft", 3, 4);
            Xattrs.set(root.resolve("file"), "user.mark", new byte[] {1, 0, 2});
          });
      layers.commit("two", "one", root -> write(root, "other", "x"));

      layers.look(
          "two",
          root -> {
            assertThat(Files.isSameFile(root.resolve("hard"), root.resolve("file"))).isTrue();
            assertThat(Layers.factsIn(root)).containsEntry("soft", "3:4 link to /etc/passwd");
            assertThat(Xattrs.find(root.resolve("hard"), "user.mark"))
                .hasValue(new byte[] {1, 0, 2});
          });
    }
  }

  @Test
  default void view_isReadOnly(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("one", "", root -> write(root, "file", "1"));
      layers.commit("two", "one", root -> write(root, "file", "2"));

      for (String parent : new String[] {"", "one", "two"}) {
        layers.mounted(
            snapshots.view("view-of-" + parent, parent, Labels.none()),
            root ->
                assertThatExceptionOfType(FileSystemException.class)
                    .isThrownBy(() -> Files.createFile(root.resolve("new")))
                    .withMessageContaining("Read-only file system"));
      }
      assertThat(layers.facts("one")).containsOnlyKeys("", "file");
    }
  }

  @Test
  default void manyLayers_areShownAsOne(@TempDir Path temp) throws IOException {
    int count = 128;
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("layer-0", "", root -> directory(root, "own"));
      for (int i = 1; i <= count; i++) {
        String number = Integer.toString(i);
        layers.commit(
            "layer-" + i,
            "layer-" + (i - 1),
            root -> {
              write(root, "last", number);
              write(root, "file-" + number, number);
              removeAll(root, "own");
              directory(root, "own");
              write(root, "own/" + number, number);
            });
      }

      Map<String, String> facts = layers.facts("layer-" + count);

      assertThat(facts)
          .hasSize(count + 4)
          .containsKeys("file-1", "file-" + count, "own", "own/" + count)
          .containsEntry("last", "0:0 100644 " + count);
    }
  }

  @Test
  default void usage_ofActive_isMeasuredNow(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.mounted(snapshots.prepare("key", "", Labels.none()), root -> {});
      SnapshotUsage empty = snapshots.usage("key");

      layers.mounted(
          snapshots.mounts("key"),
          root -> {
            Files.write(root.resolve("file"), new byte[100_000]);
            Files.createLink(root.resolve("same"), root.resolve("file"));
          });

      SnapshotUsage filled = snapshots.usage("key");
      assertThat(filled.inodes()).isEqualTo(empty.inodes() + 1);
      assertThat(filled.size() - empty.size()).isBetween(100_000L, 130_000L);
    }
  }

  @Test
  default void usage_ofCommitted_isThatOfTheCommit(@TempDir Path temp) throws IOException {
    try (S snapshots = open(temp.resolve("root"))) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.mounted(
          snapshots.prepare("key", "", Labels.none()),
          root -> Files.write(root.resolve("file"), new byte[200_000]));
      SnapshotUsage measured = snapshots.usage("key");

      snapshots.commit("name", "key", "", Labels.none());

      assertThat(snapshots.usage("name")).isEqualTo(measured);
      assertThat(measured.size()).isGreaterThanOrEqualTo(200_000);
    }
  }

  /** Renames within a mounted snapshot, as one step. */
  private static void move(Path root, String from, String to) throws IOException {
    Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    assertThat(Files.exists(root.resolve(from), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }
}
