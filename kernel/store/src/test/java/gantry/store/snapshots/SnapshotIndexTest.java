// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.store.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotIndexTest {
  private static final SnapshotUsage USAGE = new SnapshotUsage(4096, 3);

  @TempDir Path directory;
  private SnapshotIndex index;

  @BeforeEach
  void open() {
    index = SnapshotIndex.open(directory.resolve("index.db"));
  }

  @AfterEach
  void close() {
    index.close();
  }

  private long active(String key, String parent) {
    try (Reservation reservation =
        index.reserve(SnapshotKind.ACTIVE, key, parent, Labels.of(Map.of("a", "b")))) {
      return reservation.commit().id();
    }
  }

  private long committed(String name, String parent) {
    active(name + "-key", parent);
    return index.commit(name, name + "-key", USAGE, Labels.none(), "");
  }

  @Test
  void reservation_isInvisibleUntilCommitted() {
    try (Reservation reservation = index.reserve(SnapshotKind.ACTIVE, "key", "", Labels.none())) {
      assertThatThrownBy(() -> index.stat("key")).isInstanceOf(NotFoundException.class);
      assertThat(index.records()).isEmpty();
      assertThat(index.ids()).containsExactly(reservation.id());
      reservation.commit();
    }
    assertThat(index.stat("key").kind()).isEqualTo(SnapshotKind.ACTIVE);
  }

  @Test
  void reservation_closedWithoutCommit_freesTheKeyButNotTheId() {
    long first;
    try (Reservation reservation = index.reserve(SnapshotKind.ACTIVE, "key", "", Labels.none())) {
      first = reservation.id();
      assertThatThrownBy(() -> index.reserve(SnapshotKind.VIEW, "key", "", Labels.none()))
          .isInstanceOf(AlreadyExistsException.class);
    }
    assertThat(index.ids()).isEmpty();
    assertThat(active("key", "")).isGreaterThan(first);
  }

  @Test
  void reservation_ofAnIndexThatWasClosed_isCommittedAllTheSame() {
    try (SnapshotIndex next = SnapshotIndex.open(directory.resolve("index.db"))) {
      try (Reservation reservation = index.reserve(SnapshotKind.ACTIVE, "key", "", Labels.none())) {
        index.close();
        reservation.commit();
      }
      assertThat(next.stat("key").kind()).isEqualTo(SnapshotKind.ACTIVE);
      assertThatThrownBy(() -> index.stat("key")).isInstanceOf(UnavailableException.class);
      assertThatThrownBy(() -> index.reserve(SnapshotKind.ACTIVE, "k", "", Labels.none()))
          .isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void reservation_ofProcessThatDied_isGoneAfterOpen() {
    index.reserve(SnapshotKind.ACTIVE, "mine", "", Labels.none());
    index.reserve(SnapshotKind.ACTIVE, "theirs", "", Labels.none());
    try (Store store = Store.open(directory.resolve("index.db"), Rows.SCHEMA)) {
      store.write(tx -> tx.run("UPDATE snapshot SET owner = '1:1' WHERE name = ?", "theirs"));
    }

    try (SnapshotIndex again = SnapshotIndex.open(directory.resolve("index.db"))) {
      assertThat(again.ids()).hasSize(1);
      assertThatThrownBy(() -> again.reserve(SnapshotKind.VIEW, "mine", "", Labels.none()))
          .isInstanceOf(AlreadyExistsException.class);
    }
  }

  @Test
  void parentIds_areNearestFirst() {
    long bottom = committed("bottom", "");
    long middle = committed("middle", "bottom");
    long top = active("top", "middle");

    assertThat(index.chain("top"))
        .isEqualTo(new SnapshotChain(top, SnapshotKind.ACTIVE, List.of(middle, bottom)));
  }

  @Test
  void reserve_checksParentThenKey() {
    active("active", "");
    assertThatThrownBy(() -> active("active", "missing")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> active("x", "active")).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> active("active", "")).isInstanceOf(AlreadyExistsException.class);
    assertThatThrownBy(() -> active("", "")).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void chain_ofCommitted_isRefused() {
    committed("name", "");
    assertThatThrownBy(() -> index.chain("name")).isInstanceOf(FailedPreconditionException.class);
    assertThatThrownBy(() -> index.chain("other")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void commit_keepsIdAndReplacesLabels() {
    long id = active("key", "");
    assertThat(index.commit("name", "key", USAGE, Labels.of(Map.of("c", "d")), "")).isEqualTo(id);

    SnapshotRecord record = index.require("name");
    assertThat(record.info().kind()).isEqualTo(SnapshotKind.COMMITTED);
    assertThat(record.info().labels().map()).isEqualTo(Map.of("c", "d"));
    assertThat(record.usage()).isEqualTo(USAGE);
    assertThat(index.find("key")).isEmpty();
  }

  @Test
  void commit_ofWrongThings_isRefused() {
    committed("name", "");
    active("key", "");
    index.reserve(SnapshotKind.VIEW, "view", "", Labels.none()).commit();
    assertThatThrownBy(() -> index.commit("name", "key", USAGE, Labels.none(), ""))
        .isInstanceOf(AlreadyExistsException.class);
    assertThatThrownBy(() -> index.commit("x", "missing", USAGE, Labels.none(), ""))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> index.commit("x", "view", USAGE, Labels.none(), ""))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void commit_withRebase_putsAParentBeneath() {
    long base = committed("base", "");
    committed("other", "");
    active("key", "");
    index.commit("name", "key", USAGE, Labels.none(), "base");
    active("child", "name");

    assertThat(index.stat("name").parent()).isEqualTo("base");
    assertThat(index.chain("child").parentIds()).endsWith(base);
    assertThatThrownBy(() -> index.commit("x", "child", USAGE, Labels.none(), "other"))
        .isInstanceOf(InvalidArgumentException.class);
    index.commit("x", "child", USAGE, Labels.none(), "name");
  }

  @Test
  void commit_withRebaseOnWrongParent_changesNothing() {
    active("key", "");
    active("active", "");
    assertThatThrownBy(() -> index.commit("x", "key", USAGE, Labels.none(), "missing"))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> index.commit("x", "key", USAGE, Labels.none(), "active"))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(index.stat("key").kind()).isEqualTo(SnapshotKind.ACTIVE);
  }

  @Test
  void remove_ofParent_isRefused() {
    committed("base", "");
    active("child", "base");
    assertThatThrownBy(() -> index.remove("base"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("cannot remove snapshot with child");
    index.remove("child");
    Reservation reservation = index.reserve(SnapshotKind.VIEW, "view", "base", Labels.none());
    assertThatThrownBy(() -> index.remove("base")).isInstanceOf(FailedPreconditionException.class);
    reservation.close();
    index.remove("base");
    assertThatThrownBy(() -> index.remove("base")).isInstanceOf(NotFoundException.class);
    assertThat(index.ids()).isEmpty();
  }

  @Test
  void update_changesLabelsOnly() {
    active("key", "");
    SnapshotInfo wanted =
        new SnapshotInfo(
            SnapshotKind.COMMITTED,
            "key",
            "parent",
            Labels.of(Map.of("x", "y", "z", "=\n\\")),
            java.time.Instant.EPOCH,
            java.time.Instant.EPOCH);

    assertThat(index.update(wanted, FieldPaths.of("labels.x")).labels().map())
        .isEqualTo(Map.of("a", "b", "x", "y"));
    SnapshotInfo all = index.update(wanted, FieldPaths.none());
    assertThat(all.labels()).isEqualTo(wanted.labels());
    assertThat(all.parent()).isEmpty();
    assertThat(all.kind()).isEqualTo(SnapshotKind.ACTIVE);
    assertThatThrownBy(() -> index.update(wanted, FieldPaths.of("parent")))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void walk_showsWhatTheFilterMatches() {
    committed("base", "");
    active("child", "base");
    List<String> names = new ArrayList<>();
    index.walk(Filter.ALL, info -> names.add(info.name()));
    assertThat(names).containsExactly("base", "child");
    names.clear();
    index.walk(
        fields -> fields.field(List.of("parent")).isPresent(), info -> names.add(info.name()));
    assertThat(names).containsExactly("child");
  }
}
