// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import gantry.errors.AlreadyExistsException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.linux.files.DiskUsage;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a {@link Snapshotter} must bear: threads, restarts, a second instance. Needs root. */
@Tag("root")
public interface SnapshotRecoveryContract<S extends Snapshotter & Closeable> {
  /** Opens the snapshotter of a directory, which may have been used, or be in use, by another. */
  S open(Path root) throws IOException;

  @Test
  default void reopened_hasEverything(@TempDir Path temp) throws IOException {
    Path root = temp.resolve("root");
    List<SnapshotInfo> before;
    List<Mount> mounts;
    Map<String, String> facts;
    try (S snapshots = open(root)) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      layers.commit("one", "", mounted -> Layers.write(mounted, "a", "1"));
      layers.commit("two", "one", mounted -> Layers.write(mounted, "b", "2"));
      mounts = snapshots.prepare("key", "two", Labels.of(Map.of("l", "v")));
      snapshots.view("view", "two", Labels.none());
      before = all(snapshots);
      facts = layers.facts("two");
    }

    try (S snapshots = open(root)) {
      assertThat(all(snapshots)).containsExactlyInAnyOrderElementsOf(before);
      assertThat(snapshots.mounts("key")).isEqualTo(mounts);
      assertThat(new Layers(snapshots, temp.resolve("work")).facts("two")).isEqualTo(facts);
    }
  }

  @Test
  default void close_twice_isFine(@TempDir Path temp) throws IOException {
    S snapshots = open(temp.resolve("root"));
    snapshots.close();

    assertThatCode(snapshots::close).doesNotThrowAnyException();
  }

  @Test
  default void twoInstances_shareWhatTheyKeep(@TempDir Path temp) throws IOException {
    Path root = temp.resolve("root");
    try (S oldVersion = open(root);
        S newVersion = open(root)) {
      new Layers(oldVersion, temp.resolve("work"))
          .commit("one", "", mounted -> Layers.write(mounted, "a", "1"));
      Layers layers = new Layers(newVersion, temp.resolve("work"));
      layers.commit("two", "one", mounted -> Layers.write(mounted, "b", "2"));

      assertThat(oldVersion.stat("two").parent()).isEqualTo("one");
      assertThat(layers.facts("two")).containsOnlyKeys("", "a", "b");
      oldVersion.remove("two");
      assertThat(all(newVersion)).extracting(SnapshotInfo::name).containsExactly("one");
    }
  }

  @Test
  default void opening_whileAnotherPrepares_disturbsNothing(@TempDir Path temp) throws Exception {
    Path root = temp.resolve("root");
    try (S first = open(root)) {
      List<String> keys =
          Together.call(
              8,
              thread -> {
                if (thread % 2 == 0) {
                  open(root).close();
                  return "";
                }
                for (int i = 0; i < 10; i++) {
                  first.prepare(thread + "-" + i, "", Labels.none());
                }
                return Integer.toString(thread);
              });

      assertThat(keys).contains("1", "3", "5", "7");
      for (SnapshotInfo info : all(first)) {
        new Layers(first, temp.resolve("work"))
            .mounted(first.mounts(info.name()), mounted -> assertThat(mounted).isEmptyDirectory());
      }
      assertThat(all(first)).hasSize(40);
    }
  }

  @Test
  default void manyThreads_workOnTheirOwn(@TempDir Path temp) throws Exception {
    try (S snapshots = open(temp.resolve("root"))) {
      new Layers(snapshots, temp.resolve("work"))
          .commit("base", "", mounted -> Layers.write(mounted, "a", "1"));

      Together.call(
          16,
          thread -> {
            String own = "t" + thread;
            for (int i = 0; i < 5; i++) {
              snapshots.prepare(own + "-key", i == 0 ? "base" : own + "-" + (i - 1), Labels.none());
              snapshots.commit(own + "-" + i, own + "-key", "", Labels.none());
            }
            snapshots.prepare(own + "-left", own + "-4", Labels.none());
            snapshots.remove(own + "-left");
            snapshots.remove(own + "-4");
            return own;
          });

      List<SnapshotInfo> infos = all(snapshots);
      assertThat(infos).hasSize(1 + 16 * 4);
      assertThat(infos).allMatch(info -> info.kind() == SnapshotKind.COMMITTED);
      new Layers(snapshots, temp.resolve("work"))
          .look("t15-3", mounted -> assertThat(mounted.resolve("a")).hasContent("1"));
    }
  }

  @Test
  default void manyThreads_ofOneKey_makeItOnce(@TempDir Path temp) throws Exception {
    try (S snapshots = open(temp.resolve("root"))) {
      List<Boolean> made =
          Together.call(
              16,
              thread -> {
                try {
                  snapshots.prepare("key", "", Labels.none());
                  return true;
                } catch (AlreadyExistsException e) {
                  return false;
                }
              });

      assertThat(made).containsOnlyOnce(true);
      assertThat(all(snapshots)).hasSize(1);
    }
  }

  @Test
  default void cleanup_freesWhatWasRemoved(@TempDir Path temp) throws IOException {
    Path root = temp.resolve("root");
    try (S snapshots = open(root)) {
      Layers layers = new Layers(snapshots, temp.resolve("work"));
      long before = DiskUsage.of(root).bytes();
      layers.commit(
          "one", "", mounted -> Files.write(mounted.resolve("file"), new byte[5_000_000]));
      assertThat(DiskUsage.of(root).bytes() - before).isGreaterThan(5_000_000);

      snapshots.remove("one");
      snapshots.cleanup();

      assertThat(DiskUsage.of(root).bytes() - before).isLessThan(1_000_000);
    }
  }

  /** All snapshots. */
  private static List<SnapshotInfo> all(Snapshotter snapshots) throws IOException {
    List<SnapshotInfo> infos = new ArrayList<>();
    snapshots.walk(Filter.ALL, infos::add);
    return infos;
  }
}
