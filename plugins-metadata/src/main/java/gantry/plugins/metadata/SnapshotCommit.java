// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.events.Event;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.plugins.metadata.Intents.Intent;
import gantry.plugins.metadata.SnapshotRows.Snapshot;
import gantry.store.Hold;
import gantry.store.Transaction;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns an active snapshot into a committed one. Once the backend has done it there is no way back:
 * if the outcome cannot be recorded then, the intent stays, and the next collection records it.
 */
final class SnapshotCommit {
  private static final Logger log = LoggerFactory.getLogger(SnapshotCommit.class);

  private final Database database;
  private final Intents intents;
  private final RawSnapshotter raw;

  SnapshotCommit(Database database, Intents intents, RawSnapshotter raw) {
    this.database = database;
    this.intents = intents;
    this.raw = raw;
  }

  /** What the records say before anything is done. */
  private record Start(Intent intent, String backendKey, String backendRebase) {}

  void commit(Caller caller, String name, String key, String rebase, Labels labels)
      throws IOException {
    try (Hold _ = database.hold()) {
      commitHeld(caller, name, key, rebase, labels);
    }
  }

  private void commitHeld(Caller caller, String name, String key, String rebase, Labels labels)
      throws IOException {
    Start start =
        database
            .note(
                tx -> {
                  SnapshotRows rows = new SnapshotRows(caller.namespace().name(), raw.name());
                  Claims.add(tx, caller, Claims.snapshots(raw.name()), name);
                  return rows.find(tx, name).isPresent()
                      ? Optional.<Start>empty()
                      : Optional.of(begin(tx, rows, caller, name, key, rebase, labels));
                })
            .orElseThrow(() -> exists(name));
    commitInBackend(start, labels);
    boolean isNew;
    try {
      isNew = finish(start.intent());
    } catch (GantryException e) {
      intents.abandon(start.intent());
      throw e;
    }
    if (!isNew) {
      throw exists(name);
    }
  }

  private Start begin(
      Transaction tx,
      SnapshotRows rows,
      Caller caller,
      String name,
      String key,
      String rebase,
      Labels labels) {
    Snapshot active = rows.require(tx, key);
    String wanted = rebase.equals(active.parent()) ? "" : rebase;
    if (!wanted.isEmpty() && !active.parent().isEmpty()) {
      throw new InvalidArgumentException(
          "commit snapshot %s on %s: cannot change its parent %s"
              .formatted(key, rebase, active.parent()));
    }
    String backendRebase = wanted.isEmpty() ? "" : rows.requireParent(tx, wanted).backend();
    Intent intent =
        intents.insert(tx, Intents.COMMIT, caller, raw.name(), key, name, wanted, labels);
    return new Start(intent, active.backend(), backendRebase);
  }

  private void commitInBackend(Start start, Labels labels) throws IOException {
    Labels told = BackendLabels.of(labels);
    try {
      raw.slow()
          .run(
              snapshotter ->
                  snapshotter.commit(
                      start.intent().backend(), start.backendKey(), start.backendRebase(), told));
    } catch (UnavailableException | DeadlineExceededException | CanceledException e) {
      // no answer: it may have committed, or may yet
      intents.abandon(start.intent());
      throw e;
    } catch (GantryException e) {
      intents.forget(start.intent());
      throw e;
    } catch (IOException | RuntimeException e) {
      intents.abandon(start.intent());
      throw e;
    }
  }

  /**
   * Records that the backend has committed.
   *
   * @return false if another commit of the same name was first
   */
  boolean finish(Intent intent) {
    SnapshotRows rows = new SnapshotRows(intent.namespace(), intent.snapshotter());
    Instant now = database.now();
    boolean isNew = database.write(tx -> finish(tx, rows, intent, now));
    if (isNew) {
      database.publish(
          new Namespace(intent.namespace()),
          new Event.SnapshotCommit(intent.source(), intent.name(), intent.snapshotter()));
    } else {
      log.debug("commit {} in {}: another was first", intent.name(), intent.snapshotter());
      raw.markDirty();
    }
    return isNew;
  }

  private static boolean finish(Transaction tx, SnapshotRows rows, Intent intent, Instant now) {
    Intents.delete(tx, intent);
    Snapshot active = rows.require(tx, intent.source());
    rows.delete(tx, intent.source());
    moveClaim(tx, intent);
    if (rows.find(tx, intent.name()).isPresent()) {
      return false;
    }
    String parent = intent.parent().isEmpty() ? active.parent() : intent.parent();
    rows.insert(
        tx, new Snapshot(intent.name(), intent.backend(), parent, intent.labels(), now, now));
    return true;
  }

  /** The lease may have ended since. */
  private static void moveClaim(Transaction tx, Intent intent) {
    String lease = intent.lease();
    if (lease == null) {
      return;
    }
    String type = Claims.snapshots(intent.snapshotter());
    Claims.remove(tx, intent.namespace(), lease, type, intent.source());
    if (tx.exists("SELECT 1 FROM lease WHERE ns = ? AND id = ?", intent.namespace(), lease)) {
      Claims.add(tx, intent.namespace(), lease, type, intent.name());
    }
  }

  private static AlreadyExistsException exists(String name) {
    return new AlreadyExistsException("snapshot \"%s\": already exists".formatted(name));
  }
}
