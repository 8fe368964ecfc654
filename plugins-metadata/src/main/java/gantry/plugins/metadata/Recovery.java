// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.labels.Labels;
import gantry.names.Namespace;
import gantry.store.LabelColumn;
import gantry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Writes records again, many at once, and has a lease in each namespace keep what came back until
 * somebody has looked at it. Not for concurrent use.
 */
final class Recovery implements AutoCloseable {
  private static final int BATCH = 500;

  private final Database database;
  private final String lease;
  private final Instant now;
  private final List<Consumer<Transaction>> pending = new ArrayList<>();
  private final Set<String> namespaces = new HashSet<>();

  Recovery(Database database, String lease) {
    this.database = database;
    this.lease = lease;
    this.now = database.now();
  }

  String lease() {
    return lease;
  }

  Instant now() {
    return now;
  }

  Set<String> namespaces() {
    return namespaces;
  }

  /** Makes a namespace with its lease if it is not there. */
  void namespace(String name) {
    if (!namespaces.add(name)) {
      return;
    }
    Namespace namespace = new Namespace(name);
    write(
        tx -> {
          NamespaceTable.ensure(tx, namespace);
          tx.run(
              "INSERT OR IGNORE INTO lease (ns, id, labels, created) VALUES (?, ?, ?, ?)",
              name,
              lease,
              LabelColumn.encode(Labels.none()),
              now);
        });
  }

  void claim(Transaction tx, String namespace, String type, String id) {
    Claims.add(tx, namespace, lease, type, id);
  }

  void write(Consumer<Transaction> work) {
    pending.add(work);
    if (pending.size() >= BATCH) {
      flush();
    }
  }

  void flush() {
    List<Consumer<Transaction>> batch = List.copyOf(pending);
    pending.clear();
    database.write(
        tx -> {
          batch.forEach(work -> work.accept(tx));
          return true;
        });
  }

  @Override
  public void close() {
    flush();
  }
}
