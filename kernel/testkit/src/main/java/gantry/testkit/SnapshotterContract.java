// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link Snapshotter} must do with its records. Implement {@link #open} and inherit the
 * cases; {@link SnapshotLayersContract} has those that look at files, {@link
 * SnapshotRecoveryContract} those with many threads and restarts.
 */
public interface SnapshotterContract<S extends Snapshotter & Closeable> {
  /** Opens the snapshotter of a directory, which may have been used before. */
  S open(Path root) throws IOException;

  @Test
  default void stat_ofActive_tellsAllOfIt(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      Instant before = Instant.now();
      snapshots.prepare("key", "base", Labels.of(Map.of("a", "1")));

      SnapshotInfo info = snapshots.stat("key");

      assertThat(info.kind()).isEqualTo(SnapshotKind.ACTIVE);
      assertThat(info.name()).isEqualTo("key");
      assertThat(info.parent()).isEqualTo("base");
      assertThat(info.labels().map()).containsEntry("a", "1");
      assertThat(info.createdAt()).isBetween(before, Instant.now());
      assertThat(info.updatedAt()).isEqualTo(info.createdAt());
    }
  }

  @Test
  default void stat_ofView_tellsKindAndParent(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      snapshots.view("key", "base", Labels.none());

      assertThat(snapshots.stat("key").kind()).isEqualTo(SnapshotKind.VIEW);
      assertThat(snapshots.stat("key").parent()).isEqualTo("base");
    }
  }

  @Test
  default void stat_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.stat("nothing"))
          .withMessageContaining("nothing")
          .withMessageContaining("not found");
    }
  }

  @Test
  default void update_withoutPaths_replacesAllLabels(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.of(Map.of("a", "1", "b", "2")));
      SnapshotInfo before = snapshots.stat("key");

      SnapshotInfo after =
          snapshots.update(labelled("key", Map.of("b", "3", "c", "4")), FieldPaths.none());

      assertThat(after.labels().map())
          .containsEntry("b", "3")
          .containsEntry("c", "4")
          .doesNotContainKey("a");
      assertThat(after.updatedAt()).isAfterOrEqualTo(before.updatedAt());
      assertThat(after.createdAt()).isEqualTo(before.createdAt());
      assertThat(after.kind()).isEqualTo(SnapshotKind.ACTIVE);
      assertThat(snapshots.stat("key")).isEqualTo(after);
    }
  }

  @Test
  default void update_withLabelsPath_replacesAllLabels(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.of(Map.of("a", "1")));

      snapshots.update(labelled("key", Map.of("b", "2")), FieldPaths.of("labels"));

      assertThat(snapshots.stat("key").labels().map())
          .containsEntry("b", "2")
          .doesNotContainKey("a");
    }
  }

  @Test
  default void update_ofOneLabel_leavesTheOthers(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.of(Map.of("a", "1", "b.c/d", "2", "e", "3")));

      snapshots.update(
          labelled("key", Map.of("b.c/d", "9", "a", "9")),
          FieldPaths.of("labels.b.c/d", "labels.e"));

      assertThat(snapshots.stat("key").labels().map())
          .containsEntry("a", "1")
          .containsEntry("b.c/d", "9")
          .doesNotContainKey("e");
    }
  }

  @Test
  default void update_ofCommitted_changesLabels(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");

      snapshots.update(labelled("base", Map.of("a", "1")), FieldPaths.none());

      assertThat(snapshots.stat("base").labels().map()).containsEntry("a", "1");
      assertThat(snapshots.stat("base").kind()).isEqualTo(SnapshotKind.COMMITTED);
    }
  }

  @Test
  default void update_ofAnythingElse_isRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.none());

      for (String path : List.of("name", "parent", "kind", "created_at")) {
        assertThatExceptionOfType(InvalidArgumentException.class)
            .isThrownBy(() -> snapshots.update(labelled("key", Map.of()), FieldPaths.of(path)));
      }
    }
  }

  @Test
  default void update_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.update(labelled("nothing", Map.of()), FieldPaths.none()));
    }
  }

  @Test
  default void mounts_areTheSameAtEachCall(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("one", "");
      new Layers(snapshots, root).commit("two", "one");
      List<Mount> prepared = snapshots.prepare("key", "two", Labels.none());
      List<Mount> viewed = snapshots.view("view", "two", Labels.none());

      assertThat(prepared).isNotEmpty();
      assertThat(snapshots.mounts("key")).isEqualTo(prepared).isEqualTo(snapshots.mounts("key"));
      assertThat(snapshots.mounts("view")).isEqualTo(viewed);
    }
  }

  @Test
  default void mounts_ofCommitted_areRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");

      assertThatExceptionOfType(FailedPreconditionException.class)
          .isThrownBy(() -> snapshots.mounts("base"));
    }
  }

  @Test
  default void mounts_ofUnknown_areNotFound(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.mounts("nothing"));
    }
  }

  @Test
  default void prepare_ofKeyInUse_isRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("committed", "");
      snapshots.prepare("active", "", Labels.none());
      snapshots.view("view", "", Labels.none());

      for (String key : List.of("committed", "active", "view")) {
        assertThatExceptionOfType(AlreadyExistsException.class)
            .isThrownBy(() -> snapshots.prepare(key, "", Labels.none()))
            .withMessageContaining(key);
        assertThatExceptionOfType(AlreadyExistsException.class)
            .isThrownBy(() -> snapshots.view(key, "committed", Labels.none()));
      }
    }
  }

  @Test
  default void prepare_onUnknownParent_isNotFoundAndLeavesTheKeyFree(@TempDir Path root)
      throws IOException {
    try (S snapshots = open(root)) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.prepare("key", "nothing", Labels.none()))
          .withMessageContaining("nothing");
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.view("key", "nothing", Labels.none()));

      snapshots.prepare("key", "", Labels.none());
    }
  }

  @Test
  default void prepare_onParentThatIsNotCommitted_isRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("active", "", Labels.none());
      snapshots.view("view", "", Labels.none());

      for (String parent : List.of("active", "view")) {
        assertThatExceptionOfType(InvalidArgumentException.class)
            .isThrownBy(() -> snapshots.prepare("key", parent, Labels.none()));
        assertThatExceptionOfType(InvalidArgumentException.class)
            .isThrownBy(() -> snapshots.view("key", parent, Labels.none()));
      }
    }
  }

  @Test
  default void commit_replacesKeyLabelsAndTime(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.of(Map.of("mine", "1")));
      SnapshotInfo active = snapshots.stat("key");

      snapshots.commit("name", "key", "", Labels.of(Map.of("theirs", "2")));

      SnapshotInfo info = snapshots.stat("name");
      assertThat(info.kind()).isEqualTo(SnapshotKind.COMMITTED);
      assertThat(info.parent()).isEmpty();
      assertThat(info.labels().map()).containsEntry("theirs", "2").doesNotContainKey("mine");
      assertThat(info.createdAt()).isAfter(active.createdAt());
      assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> snapshots.stat("key"));
    }
  }

  @Test
  default void commit_freesTheKey(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("key", "", Labels.none());
      snapshots.commit("name", "key", "", Labels.none());

      snapshots.prepare("key", "name", Labels.none());

      assertThat(snapshots.stat("key").parent()).isEqualTo("name");
    }
  }

  @Test
  default void commit_toNameInUse_isRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("name", "");
      snapshots.prepare("key", "", Labels.none());
      snapshots.prepare("other", "", Labels.none());

      for (String name : List.of("name", "other", "key")) {
        assertThatExceptionOfType(AlreadyExistsException.class)
            .isThrownBy(() -> snapshots.commit(name, "key", "", Labels.none()));
      }
      assertThat(snapshots.stat("key").kind()).isEqualTo(SnapshotKind.ACTIVE);
    }
  }

  @Test
  default void commit_ofWhatIsNotActive_isRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      snapshots.view("view", "base", Labels.none());

      for (String key : List.of("base", "view")) {
        assertThatExceptionOfType(FailedPreconditionException.class)
            .isThrownBy(() -> snapshots.commit("name", key, "", Labels.none()));
      }
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.commit("name", "nothing", "", Labels.none()));
    }
  }

  @Test
  default void commit_onAnotherParent_isRefused(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("one", "");
      new Layers(snapshots, root).commit("two", "");
      snapshots.prepare("key", "one", Labels.none());

      assertThatExceptionOfType(InvalidArgumentException.class)
          .isThrownBy(() -> snapshots.commit("name", "key", "two", Labels.none()));
      snapshots.commit("name", "key", "one", Labels.none());

      assertThat(snapshots.stat("name").parent()).isEqualTo("one");
    }
  }

  @Test
  default void remove_ofEachKind_freesTheKey(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("committed", "");
      snapshots.prepare("active", "", Labels.none());
      snapshots.view("view", "", Labels.none());

      for (String key : List.of("committed", "active", "view")) {
        snapshots.remove(key);
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> snapshots.stat(key));
        snapshots.prepare(key, "", Labels.none());
      }
    }
  }

  @Test
  default void removeAll_passesOverTheUnknownAndParentsOfWhatStays(@TempDir Path root)
      throws IOException {
    try (S snapshots = open(root)) {
      Layers layers = new Layers(snapshots, root);
      layers.commit("bottom", "");
      layers.commit("middle", "bottom");
      snapshots.prepare("active", "", Labels.none());
      snapshots.view("view", "bottom", Labels.none());

      assertThat(snapshots.removeAll(List.of("active", "unknown", "bottom", "middle", "active")))
          .containsExactly("active", "middle");
      assertThat(names(snapshots, Filter.ALL)).containsExactlyInAnyOrder("bottom", "view");
      assertThat(snapshots.removeAll(List.of("view", "bottom"))).containsExactly("view", "bottom");
      assertThat(names(snapshots, Filter.ALL)).isEmpty();
      snapshots.prepare("active", "", Labels.none());
    }
  }

  @Test
  default void remove_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.remove("nothing"));
    }
  }

  @Test
  default void remove_ofParent_isRefusedUntilItHasNoChild(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      Layers layers = new Layers(snapshots, root);
      layers.commit("bottom", "");
      layers.commit("middle", "bottom");
      snapshots.prepare("active", "middle", Labels.none());
      snapshots.view("view", "middle", Labels.none());

      for (String parent : List.of("bottom", "middle")) {
        assertThatExceptionOfType(FailedPreconditionException.class)
            .isThrownBy(() -> snapshots.remove(parent))
            .withMessageContaining("cannot remove snapshot with child");
      }
      for (String leaf : List.of("active", "view", "middle", "bottom")) {
        snapshots.remove(leaf);
      }
      assertThat(names(snapshots, Filter.ALL)).isEmpty();
    }
  }

  @Test
  default void walk_showsWhatTheFilterMatches(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      snapshots.prepare("one", "base", Labels.of(Map.of("colour", "red")));
      snapshots.prepare("two", "", Labels.none());
      snapshots.view("three", "base", Labels.none());

      assertThat(names(snapshots, Filter.ALL))
          .containsExactlyInAnyOrder("base", "one", "two", "three");
      assertThat(names(snapshots, has("kind", "active"))).containsExactlyInAnyOrder("one", "two");
      assertThat(names(snapshots, has("kind", "committed"))).containsExactly("base");
      assertThat(names(snapshots, has("parent", "base"))).containsExactlyInAnyOrder("one", "three");
      assertThat(names(snapshots, has("name", "two"))).containsExactly("two");
      assertThat(
              names(
                  snapshots,
                  info -> info.field(List.of("labels", "colour")).equals(Optional.of("red"))))
          .containsExactly("one");
    }
  }

  @Test
  default void walk_showsWhatStatShows(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      new Layers(snapshots, root).commit("base", "");
      snapshots.prepare("key", "base", Labels.of(Map.of("a", "1")));
      List<SnapshotInfo> infos = new ArrayList<>();

      snapshots.walk(Filter.ALL, infos::add);

      assertThat(infos).containsExactlyInAnyOrder(snapshots.stat("base"), snapshots.stat("key"));
    }
  }

  @Test
  default void walk_letsItsSinkCallTheSnapshotter(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      snapshots.prepare("one", "", Labels.none());
      snapshots.prepare("two", "", Labels.none());

      snapshots.walk(
          Filter.ALL,
          info ->
              assertThatCode(
                      () -> {
                        assertThat(snapshots.stat(info.name())).isEqualTo(info);
                        snapshots.remove(info.name());
                      })
                  .doesNotThrowAnyException());

      assertThat(names(snapshots, Filter.ALL)).isEmpty();
    }
  }

  @Test
  default void usage_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    try (S snapshots = open(root)) {
      assertThatExceptionOfType(NotFoundException.class)
          .isThrownBy(() -> snapshots.usage("nothing"));
    }
  }

  /** A snapshot with labels, as it is given to an update. */
  private static SnapshotInfo labelled(String name, Map<String, String> labels) {
    return new SnapshotInfo(
        SnapshotKind.ACTIVE, name, "", Labels.of(labels), Instant.EPOCH, Instant.EPOCH);
  }

  /** A filter on one field. */
  private static Filter has(String field, String value) {
    return info -> info.field(List.of(field)).equals(Optional.of(value));
  }

  /** The names a walk shows. */
  private static List<String> names(Snapshotter snapshots, Filter filter) throws IOException {
    List<String> names = new ArrayList<>();
    snapshots.walk(filter, info -> names.add(info.name()));
    return names;
  }
}
