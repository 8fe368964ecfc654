// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.mounts.Mount;
import gantry.plugins.metadata.Intents.Intent;
import gantry.plugins.metadata.SnapshotRows.Snapshot;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.store.Hold;
import gantry.store.Transaction;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes one active snapshot or view. */
final class SnapshotCreation {
  private static final Logger log = LoggerFactory.getLogger(SnapshotCreation.class);

  private final Database database;
  private final Intents intents;
  private final RawSnapshotter raw;
  private final SnapshotRows rows;
  private final Caller caller;
  private final String key;
  private final String parent;
  private final Labels labels;
  private final String target;

  SnapshotCreation(
      Database database,
      Intents intents,
      RawSnapshotter raw,
      Caller caller,
      String key,
      String parent,
      Labels labels) {
    this.database = database;
    this.intents = intents;
    this.raw = raw;
    this.rows = new SnapshotRows(caller.namespace().name(), raw.name());
    this.caller = caller;
    this.key = key;
    this.parent = parent;
    this.labels = labels;
    this.target = labels.find(WellKnown.SNAPSHOT_REF).orElse("");
  }

  /** What the records say before anything is done. */
  private sealed interface Start {
    record Exists(String message) implements Start {}

    record Begun(Intent intent, String backendParent) implements Start {}
  }

  List<Mount> create(SnapshotKind kind) throws IOException {
    try (Hold _ = database.hold()) {
      return switch (database.note(this::begin)) {
        case Start.Exists exists -> throw new AlreadyExistsException(exists.message());
        case Start.Begun begun -> createInBackend(kind, begun);
      };
    }
  }

  private Start begin(Transaction tx) {
    NamespaceTable.ensure(tx, caller.namespace());
    if (!target.isEmpty() && rows.find(tx, target).isPresent()) {
      claim(tx, target);
      return new Start.Exists("target snapshot \"%s\": already exists".formatted(target));
    }
    if (rows.find(tx, key).isPresent()) {
      claim(tx, key);
      return new Start.Exists("snapshot \"%s\": already exists".formatted(key));
    }
    Claims.requireLease(tx, caller);
    String backendParent = parent.isEmpty() ? "" : rows.requireParent(tx, parent).backend();
    Intent intent = intents.insert(tx, Intents.CREATE, caller, raw.name(), "", key, parent, labels);
    return new Start.Begun(intent, backendParent);
  }

  private List<Mount> createInBackend(SnapshotKind kind, Start.Begun begun) throws IOException {
    Intent intent = begun.intent();
    Labels told = BackendLabels.of(labels);
    List<Mount> mounts;
    try {
      mounts =
          raw.slow()
              .call(
                  snapshotter ->
                      kind == SnapshotKind.VIEW
                          ? snapshotter.view(intent.backend(), begun.backendParent(), told)
                          : snapshotter.prepare(intent.backend(), begun.backendParent(), told));
    } catch (AlreadyExistsException e) {
      throw adopt(begun, e);
    } catch (IOException | RuntimeException e) {
      raw.markDirty();
      intents.forget(intent);
      throw e;
    }
    recordOutcome(begun);
    return mounts;
  }

  private void recordOutcome(Start.Begun begun) throws IOException {
    Intent intent = begun.intent();
    Instant now = database.now();
    try {
      boolean isNew =
          database.write(
              tx -> {
                Intents.delete(tx, intent);
                return insert(
                    tx,
                    new Snapshot(key, intent.backend(), parent, labels, now, now),
                    begun.backendParent());
              });
      if (!isNew) {
        throw new AlreadyExistsException("snapshot \"%s\": already exists".formatted(key));
      }
    } catch (GantryException e) {
      removeAgain(intent);
      throw e;
    }
  }

  /** Whether it was not there; what is there is added to the lease in either case. */
  private boolean insert(Transaction tx, Snapshot snapshot, String backendParent) {
    claim(tx, snapshot.name());
    if (rows.find(tx, snapshot.name()).isPresent()) {
      return false;
    }
    if (!parent.isEmpty() && !rows.requireParent(tx, parent).backend().equals(backendParent)) {
      throw new InvalidArgumentException(
          "mismatched parent %s from target %s".formatted(parent, target));
    }
    rows.insert(tx, snapshot);
    return true;
  }

  private void removeAgain(Intent intent) {
    try {
      raw.slow().run(snapshotter -> snapshotter.remove(intent.backend()));
    } catch (IOException | GantryException e) {
      log.warn(
          "remove {} from snapshotter {} after it could not be recorded: left to the next"
              + " collection",
          intent.backend(),
          raw.name(),
          e);
    }
    raw.markDirty();
    intents.forget(intent);
  }

  /**
   * The backend has a snapshot for this target from elsewhere: it becomes the namespace's target.
   *
   * @return what the caller is told, which is that the target exists
   */
  private GantryException adopt(Start.Begun begun, AlreadyExistsException reason)
      throws IOException {
    try {
      if (target.isEmpty()) {
        return new InternalException(
            "make snapshot %s: snapshotter %s says that its new key exists: %s"
                .formatted(key, raw.name(), reason.getMessage()),
            reason);
      }
      SnapshotInfo found = claimed(begun);
      Labels all = new Labels(found.labels().map()).withAll(labels.map());
      database.write(
          tx ->
              insert(
                  tx,
                  new Snapshot(
                      target, found.name(), parent, all, found.createdAt(), found.updatedAt()),
                  found.parent()));
      return new AlreadyExistsException(
          "target snapshot \"%s\" from snapshotter: already exists".formatted(target));
    } finally {
      intents.forget(begun.intent());
    }
  }

  private SnapshotInfo claimed(Start.Begun begun) throws IOException {
    SnapshotInfo found = findTarget(begun.backendParent());
    database.note(
        tx -> {
          intents.setBackend(tx, begun.intent().id(), found.name());
          return true;
        });
    raw.condemned().await(found.name());
    return raw.find(found.name()).orElseThrow(this::noTarget);
  }

  private SnapshotInfo findTarget(String backendParent) throws IOException {
    List<SnapshotInfo> found = new ArrayList<>();
    raw.handle()
        .run(
            snapshotter ->
                snapshotter.walk(
                    fields ->
                        fields
                            .field(List.of("labels", WellKnown.SNAPSHOT_REF))
                            .filter(target::equals)
                            .isPresent(),
                    found::add));
    return found.stream()
        .filter(info -> info.kind() == SnapshotKind.COMMITTED)
        .filter(info -> info.labels().find(WellKnown.SNAPSHOT_REF).orElse("").equals(target))
        .filter(info -> info.parent().equals(backendParent))
        .findFirst()
        .orElseThrow(this::noTarget);
  }

  private NotFoundException noTarget() {
    return new NotFoundException("target snapshot \"%s\" in backend: not found".formatted(target));
  }

  private void claim(Transaction tx, String name) {
    Claims.add(tx, caller, Claims.snapshots(raw.name()), name);
  }
}
