// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.errors.NotFoundException;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.store.LabelColumn;
import gantry.store.Row;
import gantry.store.Schema;
import gantry.store.Transaction;
import java.util.List;
import java.util.Optional;

/**
 * The table of snapshots.
 *
 * <pre>
 * id        never used again
 * name      key or name
 * kind      view, active or committed
 * parent    id of a committed one
 * labels    see LabelColumn
 * created, updated   nanoseconds since 1970
 * size, inodes       of a committed one
 * owner     while it is reserved: the process that did it; null once it is a snapshot
 * </pre>
 */
final class Rows {
  static final Schema SCHEMA =
      Schema.of(
          """
          CREATE TABLE snapshot (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            parent INTEGER REFERENCES snapshot (id),
            labels TEXT NOT NULL,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            size INTEGER NOT NULL DEFAULT 0,
            inodes INTEGER NOT NULL DEFAULT 0,
            owner TEXT);
          CREATE INDEX snapshot_parent ON snapshot (parent);
          CREATE INDEX snapshot_owner ON snapshot (owner) WHERE owner IS NOT NULL;
          """);

  private static final String SELECT =
      """
      SELECT s.id, s.kind, s.name, p.name, s.labels, s.created, s.updated, s.size, s.inodes
      FROM snapshot s LEFT JOIN snapshot p ON p.id = s.parent
      WHERE s.owner IS NULL\
      """;

  private Rows() {}

  static List<SnapshotRecord> all(Transaction tx) {
    return tx.list(SELECT + " ORDER BY s.id", Rows::snapshot);
  }

  static Optional<SnapshotRecord> find(Transaction tx, String name) {
    return tx.find(SELECT + " AND s.name = ?", Rows::snapshot, name);
  }

  static SnapshotRecord require(Transaction tx, String operation, String name) {
    return find(tx, name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "%s: snapshot %s does not exist: not found".formatted(operation, name)));
  }

  static List<Long> parents(Transaction tx, long id) {
    return tx.list(
        """
        WITH RECURSIVE chain (id, parent, depth) AS (
          SELECT id, parent, 0 FROM snapshot WHERE id = ?
          UNION ALL
          SELECT s.id, s.parent, depth + 1 FROM snapshot s JOIN chain ON s.id = chain.parent)
        SELECT id FROM chain WHERE depth > 0 ORDER BY depth
        """,
        row -> row.number(1),
        id);
  }

  private static SnapshotRecord snapshot(Row row) {
    String parent = row.findText(4);
    SnapshotInfo info =
        new SnapshotInfo(
            kind(row.text(2)),
            row.text(3),
            parent == null ? "" : parent,
            LabelColumn.labels(row.text(5)),
            row.time(6),
            row.time(7));
    return new SnapshotRecord(row.number(1), info, new SnapshotUsage(row.number(8), row.number(9)));
  }

  private static SnapshotKind kind(String word) {
    return switch (word) {
      case "view" -> SnapshotKind.VIEW;
      case "active" -> SnapshotKind.ACTIVE;
      default -> SnapshotKind.COMMITTED;
    };
  }
}
