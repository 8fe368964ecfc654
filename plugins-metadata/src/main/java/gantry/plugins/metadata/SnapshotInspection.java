// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.events.Event;
import gantry.filters.Filter;
import gantry.names.Namespace;
import gantry.snapshots.SnapshotInfo;
import gantry.store.Transaction;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares the records of snapshots with one raw snapshotter. */
final class SnapshotInspection {
  static final String DATA = "snapshot-data";
  static final String METADATA = "snapshot-metadata";

  private final Database database;
  private final RawSnapshotter raw;
  private final SnapshotCleanup cleanup;

  SnapshotInspection(Database database, RawSnapshotter raw, Patience patience) {
    this.database = database;
    this.raw = raw;
    this.cleanup = new SnapshotCleanup(database, raw, patience);
  }

  private record Row(String namespace, String name, String backend, Instant updated) {}

  List<Finding> inspect() throws IOException {
    // What has a record was in the raw snapshotter before: so the records are read first here, and
    // last for what has none.
    List<Row> rows = database.read(this::rows);
    Set<String> present = new HashSet<>();
    raw.handle().run(backend -> backend.walk(Filter.ALL, info -> present.add(info.name())));
    List<Finding> findings = new ArrayList<>();
    rows.stream()
        .filter(row -> !present.contains(row.backend()))
        .map(this::finding)
        .forEach(findings::add);
    for (SnapshotInfo orphan : cleanup.find()) {
      findings.add(finding(orphan));
    }
    return findings;
  }

  private List<Row> rows(Transaction tx) {
    return tx.list(
        "SELECT ns, name, backend, updated FROM snapshot s WHERE snapshotter = ?1"
            + " AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.ns = s.ns"
            + " AND i.snapshotter = s.snapshotter AND (i.source = s.name OR i.name = s.name))",
        row -> new Row(row.text(1), row.text(2), row.text(3), row.time(4)),
        raw.name());
  }

  private Finding finding(Row row) {
    return new Finding(
        METADATA,
        "%s/%s/%s".formatted(row.namespace(), raw.name(), row.name()),
        row.updated(),
        Finding.UNKNOWN,
        row.namespace() + "/" + row.name(),
        "snapshotter %s does not have its %s any more".formatted(raw.name(), row.backend()),
        "remove the record; the data are lost already");
  }

  private Finding finding(SnapshotInfo orphan) throws IOException {
    String[] parts = orphan.name().split("/", 3);
    return new Finding(
        DATA,
        raw.name() + "/" + orphan.name(),
        orphan.updatedAt(),
        raw.bytes(orphan.name()),
        parts.length == 3 ? parts[0] + "/" + parts[2] : SqliteMetadata.PLUGIN,
        "no record names it",
        "remove it from snapshotter " + raw.name());
  }

  void removeData(String key) throws IOException {
    Optional<SnapshotInfo> found = raw.find(key);
    if (found.isEmpty() || cleanup.removeOrphan(found.get())) {
      return;
    }
    if (raw.find(key).isPresent()) {
      throw new FailedPreconditionException(
          "remove %s from snapshotter %s: a record names it, or it is the parent of another"
              .formatted(key, raw.name()));
    }
  }

  void removeRecord(String namespace, String name) throws IOException {
    SnapshotRows rows = new SnapshotRows(namespace, raw.name());
    Optional<SnapshotRows.Snapshot> found = database.read(tx -> rows.find(tx, name));
    if (found.isEmpty()) {
      return;
    }
    String backend = found.get().backend();
    if (raw.find(backend).isPresent()) {
      throw kept(name, "its data are there");
    }
    boolean isRemoved = database.write(tx -> remove(tx, rows, name, backend));
    if (isRemoved) {
      database.publish(new Namespace(namespace), new Event.SnapshotRemove(name, raw.name()));
    }
  }

  private boolean remove(Transaction tx, SnapshotRows rows, String name, String backend) {
    Optional<SnapshotRows.Snapshot> found = rows.find(tx, name);
    if (found.isEmpty() || !found.get().backend().equals(backend)) {
      return false;
    }
    if (rows.hasChildren(tx, name)) {
      throw kept(name, "it is the parent of another");
    }
    if (isUsed(tx, rows.namespace(), name)) {
      throw kept(name, "a container has it; delete the container first");
    }
    if (tx.exists(
        "SELECT 1 FROM intent WHERE ns = ? AND snapshotter = ? AND source = ?",
        rows.namespace(),
        raw.name(),
        name)) {
      throw kept(name, "it is being committed");
    }
    rows.delete(tx, name);
    tx.run(
        "DELETE FROM claim WHERE ns = ? AND type = ? AND id = ?",
        rows.namespace(),
        Claims.snapshots(raw.name()),
        name);
    return true;
  }

  private boolean isUsed(Transaction tx, String namespace, String name) {
    return tx.exists(
        "SELECT 1 FROM container WHERE ns = ? AND snapshotter = ? AND snapshot = ?",
        namespace,
        raw.name(),
        name);
  }

  private static FailedPreconditionException kept(String name, String reason) {
    return new FailedPreconditionException(
        "remove record of snapshot %s: %s".formatted(name, reason));
  }
}
