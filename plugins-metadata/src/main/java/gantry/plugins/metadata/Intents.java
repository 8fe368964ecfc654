// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.GantryException;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.store.LabelColumn;
import gantry.store.OwnerProcess;
import gantry.store.Row;
import gantry.store.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is being done in raw snapshotters. An intent is deleted with the record of its outcome; one
 * whose process died, or that was abandoned, is settled by the next collection. Safe for concurrent
 * use.
 */
final class Intents {
  static final String CREATE = "create";
  static final String COMMIT = "commit";

  private static final Logger log = LoggerFactory.getLogger(Intents.class);

  /** A process that is not there, in the form of those that are. */
  private static final String NOBODY = new OwnerProcess(0, 0).toString();

  private final Database database;
  private final String owner = OwnerProcess.current().toString();
  private final Set<Long> abandoned = ConcurrentHashMap.newKeySet();

  Intents(Database database) {
    this.database = database;
  }

  /**
   * An intent.
   *
   * @param backend the key it makes in the raw snapshotter
   * @param source of a commit: the name of the active snapshot
   * @param name of the snapshot it makes
   * @param parent of a creation: the parent; of a commit: a parent to put beneath; or empty
   */
  record Intent(
      long id,
      String kind,
      String namespace,
      String snapshotter,
      String backend,
      String source,
      String name,
      String parent,
      Labels labels,
      @Nullable String lease) {}

  Intent insert(
      Transaction tx,
      String kind,
      Caller caller,
      String snapshotter,
      String source,
      String name,
      String parent,
      Labels labels) {
    String namespace = caller.namespace().name();
    tx.run(
        "INSERT INTO intent (owner, kind, ns, snapshotter, backend, source, name, parent, labels,"
            + " lease) VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?)",
        owner,
        kind,
        namespace,
        snapshotter,
        source,
        name,
        parent,
        LabelColumn.encode(labels),
        caller.leaseId());
    long id = tx.number("SELECT last_insert_rowid()");
    String backend = "%s/%d/%s".formatted(namespace, id, name);
    setBackend(tx, id, backend);
    return new Intent(
        id, kind, namespace, snapshotter, backend, source, name, parent, labels, caller.leaseId());
  }

  void setBackend(Transaction tx, long id, String backend) {
    tx.run("UPDATE intent SET backend = ? WHERE id = ?", backend, id);
  }

  static void delete(Transaction tx, Intent intent) {
    tx.run("DELETE FROM intent WHERE id = ?", intent.id());
  }

  void forget(Intent intent) {
    database.note(
        tx -> {
          delete(tx, intent);
          return true;
        });
  }

  /** It is not known what happened; whoever settles it asks the raw snapshotter. */
  void abandon(Intent intent) {
    abandoned.add(intent.id());
    try {
      database.note(tx -> tx.run("UPDATE intent SET owner = ? WHERE id = ?", NOBODY, intent.id()));
    } catch (GantryException e) {
      log.warn("abandon {}: it is settled as long as this version serves", intent.backend(), e);
    }
  }

  /** Intents that nobody works on. */
  List<Intent> unsettled() {
    List<Intent> all = new ArrayList<>();
    database.read(
        tx -> {
          tx.each(
              "SELECT id, kind, ns, snapshotter, backend, source, name, parent, labels, lease,"
                  + " owner FROM intent ORDER BY id",
              row -> {
                if (isUnsettled(row)) {
                  all.add(intent(row));
                }
              });
          return true;
        });
    abandoned.retainAll(all.stream().map(Intent::id).toList());
    return all;
  }

  private boolean isUnsettled(Row row) {
    String by = row.text(11);
    return abandoned.contains(row.number(1))
        || (!by.equals(owner) && !OwnerProcess.parse(by).isAlive());
  }

  private static Intent intent(Row row) {
    return new Intent(
        row.number(1),
        row.text(2),
        row.text(3),
        row.text(4),
        row.text(5),
        row.text(6),
        row.text(7),
        row.text(8),
        LabelColumn.labels(row.text(9)),
        row.findText(10));
  }
}
