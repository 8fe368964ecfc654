// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.sandboxes.Sandbox;
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

/** Sandbox records as rows of two tables. */
final class SandboxRows {
  private static final String SELECT =
      "SELECT id, labels, runtime, options_type, options, spec_type, spec, sandboxer, created,"
          + " updated FROM sandbox WHERE ns = ?";
  private static final byte[] NOTHING = {};

  private SandboxRows() {}

  static Optional<Sandbox> find(Transaction tx, String namespace, String id) {
    return tx.find(
        SELECT + " AND id = ?", row -> sandbox(row, extensions(tx, namespace, id)), namespace, id);
  }

  static List<Sandbox> all(Transaction tx, String namespace) {
    Map<String, Map<String, TypedValue>> extensions = new HashMap<>();
    tx.each(
        "SELECT name, type, value, sandbox FROM sandbox_extension WHERE ns = ?",
        row -> add(row, extensions.computeIfAbsent(row.text(4), id -> new HashMap<>())),
        namespace);
    List<Sandbox> all = new ArrayList<>();
    tx.each(
        SELECT + " ORDER BY id",
        row -> all.add(sandbox(row, extensions.getOrDefault(row.text(1), Map.of()))),
        namespace);
    return all;
  }

  static void put(Transaction tx, String namespace, Sandbox sandbox) {
    TypedValue options = sandbox.runtimeOptions();
    TypedValue spec = sandbox.spec();
    tx.run(
        "INSERT OR REPLACE INTO sandbox (ns, id, labels, runtime, options_type, options,"
            + " spec_type, spec, sandboxer, created, updated)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        namespace,
        sandbox.id(),
        LabelColumn.encode(sandbox.labels()),
        sandbox.runtime(),
        options == null ? null : options.typeUrl(),
        options == null ? null : options.value(),
        spec == null ? null : spec.typeUrl(),
        spec == null ? null : spec.value(),
        sandbox.sandboxer(),
        sandbox.createdAt(),
        sandbox.updatedAt());
    deleteExtensions(tx, namespace, sandbox.id());
    sandbox
        .extensions()
        .forEach(
            (name, value) ->
                tx.run(
                    "INSERT INTO sandbox_extension (ns, sandbox, name, type, value)"
                        + " VALUES (?, ?, ?, ?, ?)",
                    namespace,
                    sandbox.id(),
                    name,
                    value.typeUrl(),
                    value.value()));
  }

  /** Whether there was one. */
  static boolean delete(Transaction tx, String namespace, String id) {
    deleteExtensions(tx, namespace, id);
    return tx.run("DELETE FROM sandbox WHERE ns = ? AND id = ?", namespace, id) > 0;
  }

  private static void deleteExtensions(Transaction tx, String namespace, String id) {
    tx.run("DELETE FROM sandbox_extension WHERE ns = ? AND sandbox = ?", namespace, id);
  }

  private static Map<String, TypedValue> extensions(Transaction tx, String namespace, String id) {
    Map<String, TypedValue> extensions = new HashMap<>();
    tx.each(
        "SELECT name, type, value FROM sandbox_extension WHERE ns = ? AND sandbox = ?",
        row -> add(row, extensions),
        namespace,
        id);
    return extensions;
  }

  private static void add(Row row, Map<String, TypedValue> extensions) {
    extensions.put(row.text(1), new TypedValue(row.text(2), bytes(row, 3)));
  }

  private static Sandbox sandbox(Row row, Map<String, TypedValue> extensions) {
    return new Sandbox(
        row.text(1),
        LabelColumn.labels(row.text(2)),
        row.text(3),
        value(row, 4),
        value(row, 6),
        row.text(8),
        row.time(9),
        row.time(10),
        extensions);
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
