// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.metadata.Garbage;
import gantry.store.OwnerProcess;
import gantry.store.Transaction;
import gantry.store.Work;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One collection of records: marked in a read beside all writers, deleted in steps that each hold
 * up other writers no longer than a few records of their own would. Why nobody is left with half of
 * what is used is told in cnf/adr/0008-small-steps.md. Not for concurrent use, but several may be
 * under way, also in other processes.
 */
final class Round implements AutoCloseable {
  static final int STEP = 25;
  private static final int LOOK = 1000;

  private final Database database;
  private final Set<String> snapshotters;
  private final long id;
  private final Reasons reasons = new Reasons();
  private final Deque<List<Entry>> left = new ArrayDeque<>();
  private GraphReader reader;
  private Graph graph = new Graph();
  private long seen;
  private long markedAt;

  private record Entry(Node node, Garbage garbage) {}

  /** One who collects, so that what a dead one left can be told from what a live one needs. */
  static String newOwner() {
    return OwnerProcess.current() + " " + UUID.randomUUID();
  }

  private Round(Database database, Set<String> snapshotters, long id) {
    this.database = database;
    this.snapshotters = Set.copyOf(snapshotters);
    this.id = id;
    this.reader = new GraphReader(reasons, database.now(), snapshotters);
  }

  /** From here on no change is forgotten before {@link #close}. */
  static Round begin(Database database, String owner, Set<String> snapshotters) {
    long id =
        database.log(
            tx -> {
              forgetDead(tx, owner);
              tx.run(
                  "INSERT INTO collection (owner, since) VALUES (?, ?)", owner, Touched.last(tx));
              return tx.number("SELECT last_insert_rowid()");
            });
    return new Round(database, snapshotters, id);
  }

  /** Also what this one left behind, when an exception ended it in an odd place. */
  private static void forgetDead(Transaction tx, String owner) {
    List<String> owners = tx.list("SELECT DISTINCT owner FROM collection", row -> row.text(1));
    for (String other : owners) {
      if (other.equals(owner)
          || !OwnerProcess.parse(other.substring(0, other.indexOf(' '))).isAlive()) {
        tx.run("DELETE FROM collection WHERE owner = ?", other);
      }
    }
  }

  /** Finds out what is garbage, referrers first. */
  List<Garbage> mark() {
    reader = new GraphReader(reasons, database.now(), snapshotters);
    graph =
        database.read(
            tx -> {
              seen = Touched.last(tx);
              markedAt = tx.number("SELECT unixepoch()");
              return reader.read(tx);
            });
    left.clear();
    List<Garbage> garbage = new ArrayList<>();
    for (List<Node> component : Components.referrersFirst(graph, graph.garbage())) {
      List<Entry> entries =
          component.stream().map(node -> new Entry(node, reasons.explain(graph, node))).toList();
      left.add(entries);
      entries.forEach(entry -> garbage.add(entry.garbage()));
    }
    return garbage;
  }

  /**
   * Deletes the records of what is still garbage.
   *
   * @param removed is shown each object after the step that deleted it
   */
  void sweep(Consumer<Garbage> removed) {
    boolean isDue = !left.isEmpty();
    while (!left.isEmpty()) {
      database.read(this::catchUp);
      database.log(this::step).forEach(removed);
    }
    Work<Integer> end = tx -> tx.run("DELETE FROM released WHERE at < ?", markedAt);
    if (isDue) {
      // What a backend loses next must not come back as a record after a loss of power.
      database.write(end);
    } else {
      database.log(end);
    }
  }

  /** Takes in what changed since; most of it outside the write that must know all of it. */
  private boolean catchUp(Transaction tx) {
    List<Touched> changes;
    do {
      changes = Touched.after(tx, seen, LOOK);
      Set<Node> changed = new HashSet<>();
      for (Touched change : changes) {
        seen = change.seq();
        if (!change.isGone()) {
          change.node().ifPresent(changed::add);
        }
      }
      reader.readAgain(tx, changed);
    } while (changes.size() == LOOK);
    return true;
  }

  private List<Garbage> step(Transaction tx) {
    catchUp(tx);
    List<Garbage> removed = new ArrayList<>();
    for (int count = 0; count < STEP && !left.isEmpty(); ) {
      for (Entry entry : left.remove()) {
        count++;
        if (graph.isGarbage(entry.node()) && Sweep.delete(tx, entry.node())) {
          removed.add(entry.garbage());
        }
      }
    }
    return removed;
  }

  /** Also where the collection is interrupted: while its line is there no change is forgotten. */
  @Override
  public void close() {
    boolean isInterrupted = Thread.interrupted();
    try {
      database.log(tx -> tx.run("DELETE FROM collection WHERE id = ?", id));
    } finally {
      if (isInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
