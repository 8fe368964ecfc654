// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import gantry.names.Namespace;
import gantry.plugins.metadata.Intents.Intent;
import gantry.plugins.metadata.SnapshotRows.Snapshot;
import gantry.store.Hold;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what nothing reaches: first records, as {@link Round} says, then what the raw stores have
 * without a record, outside any transaction.
 */
final class Collector {
  private static final Logger log = LoggerFactory.getLogger(Collector.class);
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final Duration LOOK = Duration.ofHours(1);

  private final Database database;
  private final Intents intents;
  private final RawContent content;
  private final Snapshotters snapshotters;
  private final String owner = Round.newOwner();
  private final Patience patience = new Patience();
  private Instant lastLook = Instant.EPOCH;
  private final Semaphore turn = new Semaphore(1);

  Collector(Database database, Intents intents, RawContent content, Snapshotters snapshotters) {
    this.database = database;
    this.intents = intents;
    this.content = content;
    this.snapshotters = snapshotters;
  }

  /** How long to wait for raw stores. */
  Patience patience() {
    return patience;
  }

  /**
   * Collects.
   *
   * @param removed is shown each object after it is gone
   */
  GcStats collect(Consumer<Garbage> removed) {
    takeTurn();
    try (Hold _ = database.hold()) {
      return collectInTurn(removed);
    } finally {
      turn.release();
    }
  }

  /** What a collection would remove now. */
  List<Garbage> plan() throws IOException {
    List<Garbage> plan = new ArrayList<>();
    try (Hold _ = database.hold();
        Round round = begin()) {
      for (Garbage garbage : round.mark()) {
        plan.add(garbage.type().equals(Node.Type.SNAPSHOT.word()) ? measured(garbage) : garbage);
      }
    }
    new ContentCleanup(database, content, patience).orphans().forEach(plan::add);
    for (RawSnapshotter raw : snapshotters.all()) {
      plan.addAll(new SnapshotCleanup(database, raw, patience).orphans());
    }
    return plan;
  }

  private Garbage measured(Garbage garbage) throws IOException {
    Node node = Node.of(Node.Type.SNAPSHOT, garbage.namespace(), garbage.id());
    RawSnapshotter raw = snapshotters.find(node.snapshotter()).orElse(null);
    if (raw == null) {
      return garbage;
    }
    SnapshotRows rows = new SnapshotRows(node.namespace(), node.snapshotter());
    Optional<Snapshot> record = database.read(tx -> rows.find(tx, node.snapshotName()));
    long bytes = record.isEmpty() ? 0 : raw.bytes(record.get().backend());
    return new Garbage(garbage.namespace(), garbage.type(), garbage.id(), bytes, garbage.reason());
  }

  private Round begin() {
    Set<String> bound =
        snapshotters.all().stream().map(RawSnapshotter::name).collect(Collectors.toSet());
    return Round.begin(database, owner, bound);
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

  private GcStats collectInTurn(Consumer<Garbage> removed) {
    intents.unsettled().forEach(this::settle);
    long start = System.nanoTime();
    Map<String, Integer> counts = new TreeMap<>();
    try (Round round = begin()) {
      round.mark();
      round.sweep(
          garbage -> {
            counts.merge(garbage.type(), 1, Integer::sum);
            announce(garbage);
            removed.accept(garbage);
          });
    }
    Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
    snapshotters.all().forEach(raw -> cleanUp(raw, removed));
    cleanUpContent(removed);
    return new GcStats(counts, elapsed);
  }

  private void announce(Garbage garbage) {
    log.info(
        "collected {} {} of namespace {}, {} bytes: {}",
        garbage.type(),
        garbage.id(),
        garbage.namespace(),
        garbage.bytes(),
        garbage.reason());
    Node.Type.of(garbage.type())
        .ifPresent(type -> announce(Node.of(type, garbage.namespace(), garbage.id())));
  }

  private void announce(Node node) {
    Namespace namespace = new Namespace(node.namespace());
    switch (node.type()) {
      case IMAGE -> database.publish(namespace, new Event.ImageDelete(node.key()));
      case SNAPSHOT -> {
        database.publish(
            namespace, new Event.SnapshotRemove(node.snapshotName(), node.snapshotter()));
        snapshotters.find(node.snapshotter()).ifPresent(RawSnapshotter::markDirty);
      }
      case CONTENT -> content.addCandidate(node.key());
      case INGEST -> content.markDirty();
      case CONTAINER, SANDBOX, LEASE -> {}
    }
  }

  private void cleanUp(RawSnapshotter raw, Consumer<Garbage> removed) {
    if (!raw.takeDirty()) {
      return;
    }
    try {
      new SnapshotCleanup(database, raw, patience).run(removed);
    } catch (IOException | GantryException e) {
      raw.markDirty();
      log.warn("clean up snapshotter {}: the next collection tries again", raw.name(), e);
    }
  }

  private void cleanUpContent(Consumer<Garbage> removed) {
    Set<String> candidates = content.takeCandidates();
    boolean isWhole = content.takeDirty() || isLookDue();
    ContentCleanup cleanup = new ContentCleanup(database, content, patience);
    try {
      if (isWhole) {
        cleanup.run(removed);
        lastLook = database.now();
      } else {
        cleanup.run(candidates, removed);
      }
    } catch (IOException | GantryException e) {
      content.markDirty();
      log.warn("clean up content: the next collection tries again", e);
    }
  }

  /** All blobs are looked at now and then, for what came to be nobody's in a way not thought of. */
  private boolean isLookDue() {
    return database.now().isAfter(lastLook.plus(LOOK));
  }

  /** Finds out what became of something nobody works on any more, and records it. */
  private void settle(Intent intent) {
    RawSnapshotter raw = snapshotters.find(intent.snapshotter()).orElse(null);
    if (raw == null) {
      return;
    }
    raw.markDirty();
    try {
      if (intent.kind().equals(Intents.COMMIT) && isThere(raw, intent.backend())) {
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

  private boolean isThere(RawSnapshotter raw, String key) throws IOException {
    return patience.call("look for " + key, () -> raw.find(key).isPresent());
  }
}
