// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.store.Durability;
import gantry.store.Hold;
import gantry.store.LabelColumn;
import gantry.store.LabelUpdate;
import gantry.store.OwnerProcess;
import gantry.store.Store;
import gantry.store.Transaction;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The book of one snapshotter. Errors are those of {@link gantry.snapshots.Snapshotter}, and those
 * of {@link Store}. Several indexes, also of other processes, may have the file open at once. Safe
 * for concurrent use; no call touches a directory, and none may be made inside another.
 *
 * <p>On creation the directory comes before the record, on removal after it. So a directory whose
 * id is not in {@link #ids} is nobody's.
 */
public final class SnapshotIndex implements AutoCloseable {
  private final Store store;
  private final Clock clock;

  private SnapshotIndex(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Opens the index, makes it if need be, and drops the reservations of processes that died. */
  public static SnapshotIndex open(Path file) {
    return open(file, Clock.systemUTC());
  }

  static SnapshotIndex open(Path file, Clock clock) {
    SnapshotIndex index = new SnapshotIndex(Store.open(file, Rows.SCHEMA), clock);
    index.forgetDead();
    return index;
  }

  /**
   * Takes a key for a snapshot to be made.
   *
   * @param kind active or view
   * @param parent name of a committed snapshot, or empty
   * @throws NotFoundException if there is no such parent
   * @throws InvalidArgumentException if the parent is not committed
   * @throws AlreadyExistsException if the key is in use
   */
  public Reservation reserve(SnapshotKind kind, String key, String parent, Labels labels) {
    Hold hold = store.hold();
    try {
      return new Reservation(this, take(kind, key, parent, labels), hold);
    } catch (RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  private SnapshotChain take(SnapshotKind kind, String key, String parent, Labels labels) {
    if (kind == SnapshotKind.COMMITTED) {
      throw new IllegalArgumentException("reserve " + key + ": committed");
    }
    if (key.isEmpty()) {
      throw new InvalidArgumentException("make snapshot: the key is empty");
    }
    Instant now = clock.instant();
    String owner = OwnerProcess.current().toString();
    return store.write(
        Durability.VISIBLE,
        tx -> {
          Long parentId = parent.isEmpty() ? null : parentId(tx, key, parent);
          requireFree(tx, key);
          tx.run(
              "INSERT INTO snapshot (name, kind, parent, labels, created, updated, owner)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?)",
              key,
              kind.word(),
              parentId,
              LabelColumn.encode(labels),
              now,
              now,
              owner);
          long id = tx.number("SELECT last_insert_rowid()");
          return new SnapshotChain(id, kind, Rows.parents(tx, id));
        });
  }

  /**
   * An active snapshot or view and the directories it stands on.
   *
   * @throws NotFoundException if there is none of this key
   * @throws FailedPreconditionException if it is committed
   */
  public SnapshotChain chain(String key) {
    return store.read(
        tx -> {
          SnapshotRecord found = Rows.require(tx, "get mounts", key);
          if (found.info().kind() == SnapshotKind.COMMITTED) {
            throw new FailedPreconditionException(
                "failed to get active mount: requested snapshot %s not active or view"
                    .formatted(key));
          }
          return new SnapshotChain(found.id(), found.info().kind(), Rows.parents(tx, found.id()));
        });
  }

  /**
   * Turns an active snapshot into a committed one.
   *
   * @param usage what it takes, measured before
   * @param labels replace those it had
   * @param rebase a parent to put beneath a snapshot that has none, or empty
   * @return its id, which stays
   * @throws AlreadyExistsException if the name is in use
   * @throws NotFoundException if there is none of this key, or no such parent
   * @throws FailedPreconditionException if it is not active, or the new parent is not committed
   * @throws InvalidArgumentException if it has another parent
   */
  public long commit(String name, String key, SnapshotUsage usage, Labels labels, String rebase) {
    Instant now = clock.instant();
    return store.write(
        tx -> {
          requireFree(tx, name);
          SnapshotRecord active = requireActive(tx, key);
          rebase(tx, active, rebase);
          tx.run(
              "UPDATE snapshot SET name = ?, kind = ?, labels = ?, created = ?, updated = ?,"
                  + " size = ?, inodes = ? WHERE id = ?",
              name,
              SnapshotKind.COMMITTED.word(),
              LabelColumn.encode(labels),
              now,
              now,
              usage.size(),
              usage.inodes(),
              active.id());
          return active.id();
        });
  }

  /**
   * Removes the record of a snapshot of any kind. Its directory is the caller's to remove, after.
   *
   * @return its id
   * @throws NotFoundException if there is none of this name
   * @throws FailedPreconditionException if it is the parent of another
   */
  public long remove(String name) {
    return store.write(
        tx -> {
          SnapshotRecord found = Rows.require(tx, "remove", name);
          if (!removeUnlessParent(tx, found.id())) {
            throw new FailedPreconditionException("cannot remove snapshot with child");
          }
          return found.id();
        });
  }

  /**
   * Removes the records of several, as {@link #remove} does, in one step. Passed over are names of
   * none and of parents of what stays.
   *
   * @return the ids of those removed, by name
   */
  public Map<String, Long> removeAll(List<String> names) {
    return store.write(
        tx -> {
          Map<String, Long> removed = new LinkedHashMap<>();
          for (String name : names) {
            Rows.find(tx, name)
                .map(SnapshotRecord::id)
                .filter(id -> removeUnlessParent(tx, id))
                .ifPresent(id -> removed.put(name, id));
          }
          return removed;
        });
  }

  private static boolean removeUnlessParent(Transaction tx, long id) {
    return !tx.exists("SELECT 1 FROM snapshot WHERE parent = ?", id)
        && tx.run("DELETE FROM snapshot WHERE id = ?", id) > 0;
  }

  /**
   * What is known of a snapshot.
   *
   * @throws NotFoundException if there is none of this name
   */
  public SnapshotInfo stat(String name) {
    return require(name).info();
  }

  /**
   * The whole record of a snapshot.
   *
   * @throws NotFoundException if there is none of this name
   */
  public SnapshotRecord require(String name) {
    return store.read(tx -> Rows.require(tx, "stat", name));
  }

  /** The whole record of a snapshot, if there is one. */
  public Optional<SnapshotRecord> find(String name) {
    return store.read(tx -> Rows.find(tx, name));
  }

  /**
   * Changes labels.
   *
   * @param paths {@code labels} or {@code labels.<key>}; none means all labels
   * @return the snapshot as it is then
   * @throws NotFoundException if there is none of this name
   * @throws InvalidArgumentException for other paths
   */
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) {
    Instant now = clock.instant();
    return store.write(
        tx -> {
          SnapshotRecord found = Rows.require(tx, "update", info.name());
          Labels labels =
              LabelUpdate.apply(
                  found.info().labels(), info.labels(), paths, "snapshot " + info.name());
          tx.run(
              "UPDATE snapshot SET labels = ?, updated = ? WHERE id = ?",
              LabelColumn.encode(labels),
              now,
              found.id());
          return Rows.require(tx, "update", info.name()).info();
        });
  }

  /** Shows every snapshot the filter matches, oldest first. */
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) {
    records().stream().map(SnapshotRecord::info).filter(filter::matches).forEach(sink);
  }

  /** All snapshots, oldest first: a parent may come after a child that was rebased on it. */
  public List<SnapshotRecord> records() {
    return store.read(Rows::all);
  }

  /** The ids of all snapshots and of all reservations: the directories that are somebody's. */
  public Set<Long> ids() {
    return new HashSet<>(
        store.read(tx -> tx.list("SELECT id FROM snapshot", row -> row.number(1))));
  }

  /** Whether the calling thread is inside a transaction; it must not touch a disk then. */
  public boolean isInTransaction() {
    return store.isInTransaction();
  }

  /**
   * Keeps the file open for work that ends here, also if this is told to close meanwhile.
   *
   * @throws gantry.errors.UnavailableException if it is closed
   */
  public Hold hold() {
    return store.hold();
  }

  /** Closes the file, when nobody holds it and no reservation is open. Idempotent. */
  @Override
  public void close() {
    store.close();
  }

  void confirm(long id) {
    int changed = store.write(tx -> tx.run("UPDATE snapshot SET owner = NULL WHERE id = ?", id));
    if (changed == 0) {
      throw new IllegalStateException("commit reservation " + id + ": it is gone");
    }
  }

  void forget(long id) {
    store.write(
        Durability.VISIBLE,
        tx -> tx.run("DELETE FROM snapshot WHERE id = ? AND owner IS NOT NULL", id));
  }

  private void forgetDead() {
    List<String> owners =
        store.read(
            tx ->
                tx.list(
                    "SELECT DISTINCT owner FROM snapshot WHERE owner IS NOT NULL",
                    row -> row.text(1)));
    owners.stream()
        .filter(owner -> !OwnerProcess.parse(owner).isAlive())
        .forEach(owner -> store.write(tx -> tx.run("DELETE FROM snapshot WHERE owner = ?", owner)));
  }

  private static @Nullable Long parentId(Transaction tx, String key, String parent) {
    SnapshotRecord found =
        Rows.find(tx, parent)
            .orElseThrow(
                () ->
                    new NotFoundException(
                        "make snapshot %s: parent %s does not exist: not found"
                            .formatted(key, parent)));
    if (found.info().kind() != SnapshotKind.COMMITTED) {
      throw new InvalidArgumentException(
          "failed to create snapshot: parent \"%s\" is not committed snapshot".formatted(parent));
    }
    return found.id();
  }

  private static void requireFree(Transaction tx, String name) {
    if (tx.exists("SELECT 1 FROM snapshot WHERE name = ?", name)) {
      throw new AlreadyExistsException("snapshot %s: already exists".formatted(name));
    }
  }

  private static SnapshotRecord requireActive(Transaction tx, String key) {
    SnapshotRecord found = Rows.require(tx, "commit", key);
    if (found.info().kind() != SnapshotKind.ACTIVE) {
      throw new FailedPreconditionException(
          "failed to commit snapshot: snapshot \"%s\" is not active".formatted(key));
    }
    return found;
  }

  private static void rebase(Transaction tx, SnapshotRecord active, String rebase) {
    String parent = active.info().parent();
    if (rebase.isEmpty() || rebase.equals(parent)) {
      return;
    }
    String key = active.info().name();
    if (!parent.isEmpty()) {
      throw new InvalidArgumentException(
          "commit %s on %s: cannot change its parent %s".formatted(key, rebase, parent));
    }
    SnapshotRecord found = Rows.require(tx, "commit " + key + " on another parent", rebase);
    if (found.info().kind() != SnapshotKind.COMMITTED) {
      throw new FailedPreconditionException(
          "commit %s: parent \"%s\" is not committed".formatted(key, rebase));
    }
    tx.run("UPDATE snapshot SET parent = ? WHERE id = ?", found.id(), active.id());
  }
}
