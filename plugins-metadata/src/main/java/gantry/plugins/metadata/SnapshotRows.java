// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.store.LabelColumn;
import gantry.store.Row;
import gantry.store.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The snapshots of one namespace in one raw snapshotter, as rows. */
record SnapshotRows(String namespace, String snapshotter) {
  private static final String SELECT =
      "SELECT name, backend, parent, labels, created, updated FROM snapshot"
          + " WHERE ns = ? AND snapshotter = ?";

  /**
   * A snapshot.
   *
   * @param backend its key in the raw snapshotter
   * @param parent a name, empty if there is none
   */
  record Snapshot(
      String name,
      String backend,
      String parent,
      Labels labels,
      Instant createdAt,
      Instant updatedAt) {}

  Optional<Snapshot> find(Transaction tx, String name) {
    return tx.find(SELECT + " AND name = ?", SnapshotRows::snapshot, namespace, snapshotter, name);
  }

  Snapshot require(Transaction tx, String name) {
    return find(tx, name)
        .orElseThrow(
            () -> new NotFoundException("snapshot %s does not exist: not found".formatted(name)));
  }

  Snapshot requireParent(Transaction tx, String name) {
    return find(tx, name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "parent snapshot %s does not exist: not found".formatted(name)));
  }

  List<Snapshot> all(Transaction tx) {
    return tx.list(SELECT + " ORDER BY name", SnapshotRows::snapshot, namespace, snapshotter);
  }

  boolean hasChildren(Transaction tx, String name) {
    return tx.exists(
            "SELECT 1 FROM snapshot WHERE ns = ? AND snapshotter = ? AND parent = ?",
            namespace,
            snapshotter,
            name)
        || tx.exists(
            "SELECT 1 FROM intent WHERE ns = ? AND snapshotter = ? AND parent = ?",
            namespace,
            snapshotter,
            name);
  }

  void insert(Transaction tx, Snapshot snapshot) {
    tx.run(
        "INSERT INTO snapshot (ns, snapshotter, name, backend, parent, labels, created, updated)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        namespace,
        snapshotter,
        snapshot.name(),
        snapshot.backend(),
        snapshot.parent(),
        LabelColumn.encode(snapshot.labels()),
        snapshot.createdAt(),
        snapshot.updatedAt());
  }

  void setLabels(Transaction tx, String name, Labels labels, Instant updatedAt) {
    tx.run(
        "UPDATE snapshot SET labels = ?, updated = ?"
            + " WHERE ns = ? AND snapshotter = ? AND name = ?",
        LabelColumn.encode(labels),
        updatedAt,
        namespace,
        snapshotter,
        name);
  }

  void delete(Transaction tx, String name) {
    tx.run(
        "DELETE FROM snapshot WHERE ns = ? AND snapshotter = ? AND name = ?",
        namespace,
        snapshotter,
        name);
  }

  private static Snapshot snapshot(Row row) {
    return new Snapshot(
        row.text(1),
        row.text(2),
        row.text(3),
        LabelColumn.labels(row.text(4)),
        row.time(5),
        row.time(6));
  }
}
