// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.metadata.GcStats;
import gantry.names.Namespace;
import gantry.plugins.metadata.Intents.Intent;
import gantry.store.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nothing reaches. Records are marked in a read, beside all writers; only if there is
 * garbage does a write delete it, all at once, so that nobody can claim half of what goes. If
 * anything was written in between, that write marks again. Then the raw stores lose what has no
 * record any more, outside any transaction.
 */
final class Collector {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final String CHANGES = "SELECT value FROM counter WHERE name = 'changes'";

  private final Database database;
  private final Intents intents;
  private final RawContent content;
  private final Snapshotters snapshotters;
  private final Semaphore turn = new Semaphore(1);

  Collector(Database database, Intents intents, RawContent content, Snapshotters snapshotters) {
    this.database = database;
    this.intents = intents;
    this.content = content;
    this.snapshotters = snapshotters;
  }

  GcStats collect() {
    takeTurn();
    try {
      return collectInTurn();
    } finally {
      turn.release();
    }
  }

  private void takeTurn() {
    try {
      if (!turn.tryAcquire(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DeadlineExceededException(
            "collect garbage: another collection takes longer than " + DEADLINE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("collect garbage: interrupted", e);
    }
  }

  private GcStats collectInTurn() {
    intents.unsettled().forEach(this::settle);
    long start = System.nanoTime();
    Set<Node> garbage = sweep();
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    garbage.forEach(this::announce);
    snapshotters.all().forEach(this::cleanUp);
    cleanUpContent();
    return new GcStats(counts(garbage), elapsed);
  }

  private record Mark(long changes, Set<Node> garbage) {}

  private Set<Node> sweep() {
    Set<String> bound =
        snapshotters.all().stream().map(RawSnapshotter::name).collect(Collectors.toSet());
    Mark first = database.read(tx -> mark(tx, bound));
    if (first.garbage().isEmpty()) {
      return Set.of();
    }
    return database.write(
        tx -> {
          Set<Node> garbage =
              tx.number(CHANGES) == first.changes() ? first.garbage() : mark(tx, bound).garbage();
          Sweep.delete(tx, garbage);
          return garbage;
        });
  }

  private Mark mark(Transaction tx, Set<String> bound) {
    return new Mark(
        tx.number(CHANGES), new GraphReader(tx, database.now(), bound).read().garbage());
  }

  private void announce(Node node) {
    log.info("collected {} {} of namespace {}", node.type().word(), node.key(), node.namespace());
    Namespace namespace = new Namespace(node.namespace());
    switch (node.type()) {
      case IMAGE -> database.publish(namespace, new Event.ImageDelete(node.key()));
      case SNAPSHOT -> {
        database.publish(
            namespace, new Event.SnapshotRemove(node.snapshotName(), node.snapshotter()));
        snapshotters.find(node.snapshotter()).ifPresent(RawSnapshotter::markDirty);
      }
      case CONTENT, INGEST -> content.markDirty();
      case CONTAINER, LEASE -> {}
    }
  }

  private static Map<String, Integer> counts(Set<Node> garbage) {
    Map<String, Integer> counts = new TreeMap<>();
    garbage.forEach(node -> counts.merge(node.type().word(), 1, Integer::sum));
    return counts;
  }

  private void cleanUp(RawSnapshotter raw) {
    if (!raw.takeDirty()) {
      return;
    }
    try {
      new SnapshotCleanup(database, raw).run();
    } catch (IOException | GantryException e) {
      raw.markDirty();
      log.warn("clean up snapshotter {}: the next collection tries again", raw.name(), e);
    }
  }

  private void cleanUpContent() {
    if (!content.takeDirty()) {
      return;
    }
    try {
      new ContentCleanup(database, content).run();
    } catch (IOException | GantryException e) {
      content.markDirty();
      log.warn("clean up content: the next collection tries again", e);
    }
  }

  /** Finds out what became of something nobody works on any more, and records it. */
  private void settle(Intent intent) {
    RawSnapshotter raw = snapshotters.find(intent.snapshotter()).orElse(null);
    if (raw == null) {
      return;
    }
    raw.markDirty();
    try {
      if (intent.kind().equals(Intents.COMMIT) && raw.find(intent.backend()).isPresent()) {
        new SnapshotCommit(database, intents, raw).finish(intent);
        log.info("recorded commit {} of an earlier process", intent.backend());
      } else {
        intents.forget(intent);
      }
    } catch (NotFoundException e) {
      log.info("drop commit {} of an earlier process: {}", intent.backend(), e.getMessage());
      intents.forget(intent);
    } catch (IOException | GantryException e) {
      log.warn("settle {}: the next collection tries again", intent.backend(), e);
    }
  }
}
