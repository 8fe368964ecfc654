// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.store.Row;
import gantry.store.Transaction;
import java.util.function.Consumer;

/**
 * Records as lines of {@code names.log}. A line that begins with a minus says that the object is
 * gone.
 */
final class NameRows {
  static final String NAMESPACE = "namespace";
  static final String IMAGE = "image";
  static final String CONTENT = "content";
  static final String SNAPSHOT = "snapshot";
  static final String CONTAINER = "container";
  static final String SANDBOX = "sandbox";
  static final String LEASE = "lease";
  static final String GONE = "-";

  private static final String NAMESPACES = "SELECT name, labels FROM namespace";
  private static final String IMAGES =
      "SELECT ns, name, media_type, digest, size, labels, annotations, created, updated FROM image";
  private static final String BLOBS = "SELECT ns, digest, size, labels, created, updated FROM blob";
  private static final String SNAPSHOTS =
      "SELECT ns, snapshotter, name, backend, parent, labels, created, updated FROM snapshot";
  private static final String CONTAINERS = "SELECT ns, id FROM container";
  private static final String SANDBOXES = "SELECT ns, id FROM sandbox";
  private static final String LEASES = "SELECT ns, id FROM lease";

  private NameRows() {}

  /** Every object there is. */
  static void all(Transaction tx, Consumer<NameLine> sink) {
    each(tx, NAMESPACE, NAMESPACES, 2, sink);
    each(tx, IMAGE, IMAGES, 9, sink);
    each(tx, CONTENT, BLOBS, 6, sink);
    each(tx, SNAPSHOT, SNAPSHOTS, 8, sink);
    each(tx, CONTAINER, CONTAINERS, 2, sink);
    each(tx, SANDBOX, SANDBOXES, 2, sink);
    each(tx, LEASE, LEASES, 2, sink);
  }

  /** How a changed object is now. */
  static void one(Transaction tx, Touched changed, Consumer<NameLine> sink) {
    String namespace = changed.namespace();
    String key = changed.key();
    switch (changed.type()) {
      case NAMESPACE -> one(tx, NAMESPACE, NAMESPACES + " WHERE name = ?", 2, sink, namespace);
      case IMAGE -> one(tx, IMAGE, IMAGES + " WHERE ns = ? AND name = ?", 9, sink, namespace, key);
      case CONTENT ->
          one(tx, CONTENT, BLOBS + " WHERE ns = ? AND digest = ?", 6, sink, namespace, key);
      case SNAPSHOT -> {
        int slash = key.indexOf('/');
        one(
            tx,
            SNAPSHOT,
            SNAPSHOTS + " WHERE ns = ? AND snapshotter = ? AND name = ?",
            8,
            sink,
            namespace,
            key.substring(0, slash),
            key.substring(slash + 1));
      }
      case CONTAINER ->
          one(tx, CONTAINER, CONTAINERS + " WHERE ns = ? AND id = ?", 2, sink, namespace, key);
      case SANDBOX ->
          one(tx, SANDBOX, SANDBOXES + " WHERE ns = ? AND id = ?", 2, sink, namespace, key);
      case LEASE -> one(tx, LEASE, LEASES + " WHERE ns = ? AND id = ?", 2, sink, namespace, key);
      default -> {}
    }
  }

  private static void one(
      Transaction tx,
      String kind,
      String sql,
      int columns,
      Consumer<NameLine> sink,
      Object... key) {
    sink.accept(
        tx.find(sql, row -> line(kind, row, columns), key)
            .orElseGet(() -> NameLine.of(GONE + kind, key)));
  }

  private static void each(
      Transaction tx, String kind, String sql, int columns, Consumer<NameLine> sink) {
    tx.each(sql, row -> sink.accept(line(kind, row, columns)));
  }

  private static NameLine line(String kind, Row row, int columns) {
    Object[] fields = new Object[columns];
    for (int i = 0; i < columns; i++) {
      fields[i] = row.text(i + 1);
    }
    return NameLine.of(kind, fields);
  }
}
