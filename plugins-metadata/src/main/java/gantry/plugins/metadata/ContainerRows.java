// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.containers.Container;
import gantry.store.LabelColumn;
import gantry.store.Row;
import gantry.store.Transaction;
import gantry.typed.TypedValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Container records as rows of two tables. */
final class ContainerRows {
  private static final String SELECT =
      "SELECT id, labels, image, runtime, options_type, options, spec_type, spec, snapshotter,"
          + " snapshot, created, updated, sandbox FROM container WHERE ns = ?";
  private static final byte[] NOTHING = {};

  private ContainerRows() {}

  static Optional<Container> find(Transaction tx, String namespace, String id) {
    return tx.find(
        SELECT + " AND id = ?",
        row -> container(row, extensions(tx, namespace, id)),
        namespace,
        id);
  }

  static List<Container> all(Transaction tx, String namespace) {
    Map<String, Map<String, TypedValue>> extensions = new HashMap<>();
    tx.each(
        "SELECT name, type, value, container FROM extension WHERE ns = ?",
        row -> add(row, extensions.computeIfAbsent(row.text(4), id -> new HashMap<>())),
        namespace);
    List<Container> all = new ArrayList<>();
    tx.each(
        SELECT + " ORDER BY id",
        row -> all.add(container(row, extensions.getOrDefault(row.text(1), Map.of()))),
        namespace);
    return all;
  }

  static void put(Transaction tx, String namespace, Container container) {
    TypedValue options = container.runtimeOptions();
    TypedValue spec = container.spec();
    tx.run(
        "INSERT OR REPLACE INTO container (ns, id, labels, image, runtime, options_type, options,"
            + " spec_type, spec, snapshotter, snapshot, created, updated, sandbox)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        namespace,
        container.id(),
        LabelColumn.encode(container.labels()),
        container.image(),
        container.runtime(),
        options == null ? null : options.typeUrl(),
        options == null ? null : options.value(),
        spec == null ? null : spec.typeUrl(),
        spec == null ? null : spec.value(),
        container.snapshotter(),
        container.snapshotKey(),
        container.createdAt(),
        container.updatedAt(),
        container.sandboxId());
    tx.run("DELETE FROM extension WHERE ns = ? AND container = ?", namespace, container.id());
    container
        .extensions()
        .forEach(
            (name, value) ->
                tx.run(
                    "INSERT INTO extension (ns, container, name, type, value)"
                        + " VALUES (?, ?, ?, ?, ?)",
                    namespace,
                    container.id(),
                    name,
                    value.typeUrl(),
                    value.value()));
  }

  /** Whether there was one. */
  static boolean delete(Transaction tx, String namespace, String id) {
    tx.run("DELETE FROM extension WHERE ns = ? AND container = ?", namespace, id);
    return tx.run("DELETE FROM container WHERE ns = ? AND id = ?", namespace, id) > 0;
  }

  private static Map<String, TypedValue> extensions(Transaction tx, String namespace, String id) {
    Map<String, TypedValue> extensions = new HashMap<>();
    tx.each(
        "SELECT name, type, value FROM extension WHERE ns = ? AND container = ?",
        row -> add(row, extensions),
        namespace,
        id);
    return extensions;
  }

  private static void add(Row row, Map<String, TypedValue> extensions) {
    extensions.put(row.text(1), new TypedValue(row.text(2), bytes(row, 3)));
  }

  private static Container container(Row row, Map<String, TypedValue> extensions) {
    return new Container(
        row.text(1),
        LabelColumn.labels(row.text(2)),
        row.text(3),
        row.text(4),
        value(row, 5),
        value(row, 7),
        row.text(9),
        row.text(10),
        row.time(11),
        row.time(12),
        extensions,
        row.text(13));
  }

  private static @Nullable TypedValue value(Row row, int column) {
    String type = row.findText(column);
    return type == null ? null : new TypedValue(type, bytes(row, column + 1));
  }

  private static byte[] bytes(Row row, int column) {
    byte[] bytes = row.findBytes(column);
    return bytes == null ? NOTHING : bytes;
  }
}
