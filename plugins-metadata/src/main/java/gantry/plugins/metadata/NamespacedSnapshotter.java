// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.mounts.Mount;
import gantry.plugins.metadata.SnapshotRows.Snapshot;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import gantry.store.LabelUpdate;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The snapshots of one namespace in one raw snapshotter. What kind a snapshot is, and labels the
 * snapshotter itself adds, are asked there; all else is recorded here.
 */
final class NamespacedSnapshotter implements Snapshotter {
  private static final int BATCH = 100;

  private final Database database;
  private final Intents intents;
  private final RawSnapshotter raw;
  private final Caller caller;
  private final SnapshotRows rows;

  NamespacedSnapshotter(Database database, Intents intents, RawSnapshotter raw, Caller caller) {
    this.database = database;
    this.intents = intents;
    this.raw = raw;
    this.caller = caller;
    this.rows = new SnapshotRows(caller.namespace().name(), raw.name());
  }

  @Override
  public SnapshotInfo stat(String name) throws IOException {
    Snapshot snapshot = require(name);
    return merged(raw.handle().call(backend -> backend.stat(snapshot.backend())), snapshot);
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) throws IOException {
    if (info.name().isEmpty()) {
      throw new InvalidArgumentException("update snapshot: name must not be empty");
    }
    Snapshot known = require(info.name());
    Labels wanted = updated(known, info, paths);
    SnapshotInfo told = backendInfo(known, wanted);
    SnapshotInfo answer = raw.handle().call(backend -> backend.update(told, paths));
    Instant now = database.now();
    Snapshot recorded =
        database.write(
            tx -> {
              Snapshot current = rows.require(tx, info.name());
              rows.setLabels(tx, info.name(), updated(current, info, paths), now);
              return rows.require(tx, info.name());
            });
    return merged(answer, recorded);
  }

  private static Labels updated(Snapshot snapshot, SnapshotInfo info, FieldPaths paths) {
    return LabelUpdate.apply(
        snapshot.labels(), info.labels(), paths, "snapshot \"%s\"".formatted(snapshot.name()));
  }

  private static SnapshotInfo backendInfo(Snapshot snapshot, Labels labels) {
    return new SnapshotInfo(
        SnapshotKind.ACTIVE,
        snapshot.backend(),
        "",
        BackendLabels.of(labels),
        snapshot.createdAt(),
        snapshot.updatedAt());
  }

  @Override
  public SnapshotUsage usage(String name) throws IOException {
    Snapshot snapshot = require(name);
    return raw.slow().call(backend -> backend.usage(snapshot.backend()));
  }

  @Override
  public List<Mount> mounts(String key) throws IOException {
    Snapshot snapshot = require(key);
    return raw.handle().call(backend -> backend.mounts(snapshot.backend()));
  }

  @Override
  public List<Mount> prepare(String key, String parent, Labels labels) throws IOException {
    List<Mount> mounts = create(SnapshotKind.ACTIVE, key, parent, labels);
    database.publish(caller.namespace(), new Event.SnapshotPrepare(key, parent, raw.name()));
    return mounts;
  }

  @Override
  public List<Mount> view(String key, String parent, Labels labels) throws IOException {
    return create(SnapshotKind.VIEW, key, parent, labels);
  }

  private List<Mount> create(SnapshotKind kind, String key, String parent, Labels labels)
      throws IOException {
    requireName("make", key);
    return new SnapshotCreation(database, intents, raw, caller, key, parent, labels).create(kind);
  }

  @Override
  public void commit(String name, String key, String rebase, Labels labels) throws IOException {
    requireName("commit", name);
    new SnapshotCommit(database, intents, raw).commit(caller, name, key, rebase, labels);
  }

  @Override
  public void remove(String name) {
    database.write(
        tx -> {
          rows.require(tx, name);
          if (rows.hasChildren(tx, name)) {
            throw new FailedPreconditionException("cannot remove snapshot with child");
          }
          rows.delete(tx, name);
          Claims.remove(tx, caller, Claims.snapshots(raw.name()), name);
          return true;
        });
    raw.markDirty();
    database.countDeletion();
    database.publish(caller.namespace(), new Event.SnapshotRemove(name, raw.name()));
  }

  @Override
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) throws IOException {
    List<Snapshot> all = database.read(rows::all);
    for (int from = 0; from < all.size(); from += BATCH) {
      List<Snapshot> batch = all.subList(from, Math.min(from + BATCH, all.size()));
      raw.handle().<List<SnapshotInfo>, IOException>call(backend -> stat(backend, batch)).stream()
          .filter(filter::matches)
          .forEach(sink);
    }
  }

  private static List<SnapshotInfo> stat(Snapshotter backend, List<Snapshot> batch)
      throws IOException {
    List<SnapshotInfo> infos = new ArrayList<>(batch.size());
    for (Snapshot snapshot : batch) {
      try {
        infos.add(merged(backend.stat(snapshot.backend()), snapshot));
      } catch (NotFoundException e) {
        // removed or committed since the records were read
      }
    }
    return infos;
  }

  @Override
  public Set<String> capabilities() throws IOException {
    return raw.handle().call(Snapshotter::capabilities);
  }

  @Override
  public void cleanup() throws IOException {
    raw.slow().run(Snapshotter::cleanup);
  }

  private Snapshot require(String name) {
    return database.read(tx -> rows.require(tx, name));
  }

  private static void requireName(String operation, String name) {
    if (name.isEmpty()) {
      throw new InvalidArgumentException(operation + " snapshot: name must not be empty");
    }
  }

  private static SnapshotInfo merged(SnapshotInfo backend, Snapshot recorded) {
    return new SnapshotInfo(
        backend.kind(),
        recorded.name(),
        recorded.parent(),
        backend.labels().withAll(recorded.labels().map()),
        recorded.createdAt(),
        recorded.updatedAt());
  }
}
