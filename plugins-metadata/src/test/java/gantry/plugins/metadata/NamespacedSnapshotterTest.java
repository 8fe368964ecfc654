// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.events.Event;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.LeaseResource;
import gantry.metadata.Caller;
import gantry.metadata.Scope;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import gantry.testkit.HeapMemory;
import gantry.testkit.SnapshotterContract;
import gantry.testkit.Together;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NamespacedSnapshotterTest implements SnapshotterContract<OpenedSnapshotter> {
  @Override
  public OpenedSnapshotter open(Path root) {
    return new OpenedSnapshotter(new House(root, "shared", false));
  }

  @Test
  void namespaces_haveTheirOwnKeys(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.scope("a").snapshotter(House.SNAPSHOTTER).prepare("key", "", Labels.none());
      house.scope("b").snapshotter(House.SNAPSHOTTER).prepare("key", "", Labels.none());

      assertThat(house.rawSnapshotter.names()).containsExactly("a/1/key", "b/2/key");
    }
  }

  @Test
  void snapshotter_thatIsNotThere_isInvalid(@TempDir Path root) {
    try (House house = new House(root)) {
      assertThatThrownBy(() -> house.scope().snapshotter("zfs"))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("snapshotter not loaded: zfs");
    }
  }

  @Test
  void snapshotter_thatIsInstalledButNotThere_isInvalidWithTheReason() {
    Snapshotters snapshotters = new Snapshotters(new HeapMemory());
    snapshotters.explainBy(name -> "; plugin x.snapshotter.v1." + name + ": no module");

    assertThatThrownBy(() -> snapshotters.require("zfs"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("snapshotter not loaded: zfs; plugin x.snapshotter.v1.zfs: no module");
  }

  @Test
  void backend_isToldItsOwnLabelsOnly(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      Labels labels =
          Labels.of(
              Map.of("mine", "1", WellKnown.SNAPSHOT_UID_MAPPING, "0:1:2", WellKnown.GC_ROOT, "x"));
      house.snapshots().prepare("key", "", labels);

      assertThat(house.snapshots().stat("key").labels()).isEqualTo(labels);
      assertThat(house.rawSnapshotter.stat("test/1/key").labels().map())
          .isEqualTo(Map.of(WellKnown.SNAPSHOT_UID_MAPPING, "0:1:2"));
    }
  }

  @Test
  void existing_isAddedToTheLease(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.layer("base", "");
      Scope leased = house.leased("lease", Labels.none());
      Snapshotter snapshots = leased.snapshotter(House.SNAPSHOTTER);

      assertThatThrownBy(() -> snapshots.prepare("base", "", Labels.none()))
          .isInstanceOf(AlreadyExistsException.class);
      snapshots.prepare("key", "base", Labels.none());
      snapshots.commit("child", "key", "", Labels.none());

      assertThat(leased.leases().resources("lease"))
          .containsExactly(
              new LeaseResource("snapshots/overlayfs", "base"),
              new LeaseResource("snapshots/overlayfs", "child"));
    }
  }

  @Test
  void lease_thatDoesNotExist_isNotFoundAndMakesNothing(@TempDir Path root) {
    try (House house = new House(root)) {
      Snapshotter snapshots =
          house.metadata.in(new Caller(House.NAMESPACE, "gone")).snapshotter(House.SNAPSHOTTER);

      assertThatThrownBy(() -> snapshots.prepare("key", "", Labels.none()))
          .isInstanceOf(NotFoundException.class);
      assertThat(house.rawSnapshotter.names()).isEmpty();
    }
  }

  @Test
  void backendFailure_leavesTheKeyFree(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.guard.onNextCall(
          () -> {
            throw new UnavailableException("no");
          });
      assertThatThrownBy(() -> house.snapshots().prepare("key", "", Labels.none()))
          .isInstanceOf(UnavailableException.class);

      house.snapshots().prepare("key", "", Labels.none());
    }
  }

  @Test
  void outcomeThatCannotBeRecorded_isRemovedFromTheBackend(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.layer("base", "");
      Scope leased = house.leased("lease", Labels.none());
      house.guard.onNextCall(() -> leased.leases().delete("lease"));

      assertThatThrownBy(
              () -> leased.snapshotter(House.SNAPSHOTTER).prepare("key", "base", Labels.none()))
          .isInstanceOf(NotFoundException.class);
      assertThat(house.rawSnapshotter.names()).hasSize(1);
      house.snapshots().remove("base");
    }
  }

  @Test
  void sameKeyByMany_isMadeOnce(@TempDir Path root) throws Exception {
    try (House house = new House(root)) {
      List<Boolean> made =
          Together.call(
              8, thread -> succeeds(() -> house.snapshots().prepare("key", "", Labels.none())));

      assertThat(made).containsOnlyOnce(true);
      assertThat(house.rawSnapshotter.names()).hasSize(1);
    }
  }

  @Test
  void sameNameByMany_isCommittedOnce(@TempDir Path root) throws Exception {
    try (House house = new House(root)) {
      List<Boolean> made =
          Together.call(
              8,
              thread -> {
                house.snapshots().prepare("key" + thread, "", Labels.none());
                return succeeds(
                    () ->
                        house
                            .snapshots()
                            .commit(
                                "name",
                                "key" + thread,
                                "",
                                Labels.of(Map.of(WellKnown.GC_ROOT, "1"))));
              });

      assertThat(made).containsOnlyOnce(true);
      house.metadata.collect();
      assertThat(house.rawSnapshotter.names()).noneMatch(name -> name.contains("/name-"));
      assertThat(house.snapshots().stat("name").kind()).isEqualTo(SnapshotKind.COMMITTED);
    }
  }

  private interface Attempt {
    void run() throws IOException;
  }

  private static boolean succeeds(Attempt attempt) throws IOException {
    try {
      attempt.run();
      return true;
    } catch (AlreadyExistsException e) {
      return false;
    }
  }

  @Test
  void target_thatExists_isLeasedAndNotMadeAgain(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.layer("target", "");
      Labels labels = Labels.of(Map.of(WellKnown.SNAPSHOT_REF, "target"));
      Scope leased = house.leased("lease", Labels.none());

      assertThatThrownBy(() -> leased.snapshotter(House.SNAPSHOTTER).prepare("key", "", labels))
          .isInstanceOf(AlreadyExistsException.class);
      assertThat(leased.leases().resources("lease")).hasSize(1);
      assertThat(house.rawSnapshotter.names()).hasSize(1);
    }
  }

  @Test
  void target_thatTheBackendHas_isAdopted(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      Labels labels = Labels.of(Map.of(WellKnown.SNAPSHOT_REF, "target", "mine", "1"));
      House.layer(house.scope("other").snapshotter(House.SNAPSHOTTER), "base", "", labels);
      house.rawSnapshotter.beRemote();

      assertThatThrownBy(() -> house.snapshots().prepare("key", "", labels))
          .isInstanceOf(AlreadyExistsException.class);

      assertThat(house.snapshots().stat("target").kind()).isEqualTo(SnapshotKind.COMMITTED);
      assertThat(house.snapshots().stat("target").labels()).isEqualTo(labels);
      house.scope("other").snapshotter(House.SNAPSHOTTER).remove("base");
      house.scope().leases().create("keep", Labels.none());
      house
          .scope()
          .leases()
          .add("keep", new LeaseResource("snapshots/" + House.SNAPSHOTTER, "target"));
      house.metadata.collect();
      assertThat(house.rawSnapshotter.names()).hasSize(1);
    }
  }

  @Test
  void target_thatTheBackendDoesNotHaveAfterAll_isNotFound(@TempDir Path root) {
    try (House house = new House(root)) {
      house.rawSnapshotter.beRemote();
      Labels labels = Labels.of(Map.of(WellKnown.SNAPSHOT_REF, "target"));

      assertThatThrownBy(() -> house.snapshots().prepare("key", "", labels))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void backend_thatSaysItsNewKeyExists_isAnInternalError(@TempDir Path root) {
    try (House house = new House(root)) {
      house.guard.onNextCall(
          () -> {
            throw new AlreadyExistsException("odd");
          });
      assertThatThrownBy(() -> house.snapshots().prepare("key", "", Labels.none()))
          .isInstanceOf(InternalException.class)
          .hasMessageContaining("odd");
    }
  }

  @Test
  void events_tellOfPrepareCommitRemoveButNotView(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.layer("base", "");
      house.snapshots().view("view", "base", Labels.none());
      house.snapshots().remove("view");

      assertThat(house.events.events())
          .containsExactly(
              new Event.SnapshotPrepare("base-key", "", House.SNAPSHOTTER),
              new Event.SnapshotCommit("base-key", "base", House.SNAPSHOTTER),
              new Event.SnapshotRemove("view", House.SNAPSHOTTER));
    }
  }

  @Test
  void walk_showsOneNamespace(@TempDir Path root) throws IOException {
    try (House house = new House(root)) {
      house.layer("base", "");
      house.scope("b").snapshotter(House.SNAPSHOTTER).prepare("other", "", Labels.none());
      List<String> names = new ArrayList<>();
      house.snapshots().walk(Filter.ALL, info -> names.add(info.name()));
      assertThat(names).containsExactly("base");
    }
  }
}
