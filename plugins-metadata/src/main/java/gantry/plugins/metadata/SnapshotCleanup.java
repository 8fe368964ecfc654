// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.filters.Filter;
import gantry.metadata.Garbage;
import gantry.plugins.metadata.Patience.Job;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes from one raw snapshotter what no record names, children first. The snapshotter is read
 * before the records: what it has is recorded before it has it, so what is in the first reading and
 * not in the second is nobody's.
 */
final class SnapshotCleanup {
  private static final Logger log = LoggerFactory.getLogger(SnapshotCleanup.class);

  private final Database database;
  private final RawSnapshotter raw;
  private final Patience patience;

  SnapshotCleanup(Database database, RawSnapshotter raw, Patience patience) {
    this.database = database;
    this.raw = raw;
    this.patience = patience;
  }

  /**
   * Removes them.
   *
   * @param removed is shown each after it is gone
   */
  void run(Consumer<Garbage> removed) throws IOException {
    List<List<SnapshotInfo>> levels =
        patience.call("list snapshots of " + raw.name(), this::levels);
    for (List<SnapshotInfo> level : levels) {
      List<Job<Optional<Garbage>>> jobs =
          level.stream()
              .map(
                  orphan ->
                      new Job<>(
                          "remove " + orphan.name() + " from snapshotter " + raw.name(),
                          () -> removeUnlessClaimed(orphan)))
              .toList();
      patience.callAll(jobs, done -> done.ifPresent(removed));
    }
    patience.call("clean up snapshotter " + raw.name(), this::cleanup);
  }

  /** What no record names, as it would be reported. */
  List<Garbage> orphans() throws IOException {
    List<Garbage> orphans = new ArrayList<>();
    for (SnapshotInfo orphan : find()) {
      orphans.add(garbage(orphan.name(), raw.bytes(orphan.name())));
    }
    return orphans;
  }

  /** Removes one of them unless a record claims it; whether it did. */
  boolean removeOrphan(SnapshotInfo orphan) throws IOException {
    return removeUnlessClaimed(orphan).isPresent();
  }

  /** What no record names, leaves first. */
  List<SnapshotInfo> find() throws IOException {
    return levels().stream().flatMap(List::stream).toList();
  }

  /** What no record names: those of a level have no children but on the levels before. */
  private List<List<SnapshotInfo>> levels() throws IOException {
    Map<String, SnapshotInfo> present = new HashMap<>();
    raw.handle().run(backend -> backend.walk(Filter.ALL, info -> present.put(info.name(), info)));
    Set<String> recorded = recorded();
    return levels(List.copyOf(present.values())).stream()
        .map(level -> level.stream().filter(info -> !recorded.contains(info.name())).toList())
        .toList();
  }

  private Garbage garbage(String key, long bytes) {
    return new Garbage("", "snapshot-data", raw.name() + "/" + key, bytes, "no record names it");
  }

  private Set<String> recorded() {
    return new HashSet<>(
        database.read(
            tx ->
                tx.list(
                    "SELECT backend FROM snapshot WHERE snapshotter = ?1"
                        + " UNION ALL SELECT backend FROM intent WHERE snapshotter = ?1",
                    row -> row.text(1),
                    raw.name())));
  }

  /** All of them by their distance from the root of their tree, the farthest first. */
  static List<List<SnapshotInfo>> levels(List<SnapshotInfo> present) {
    Map<String, String> parents = new HashMap<>();
    present.forEach(info -> parents.put(info.name(), info.parent()));
    SortedMap<Integer, List<SnapshotInfo>> levels = new TreeMap<>(Comparator.reverseOrder());
    for (SnapshotInfo info : present) {
      levels.computeIfAbsent(depth(info.name(), parents), depth -> new ArrayList<>()).add(info);
    }
    return List.copyOf(levels.values());
  }

  private static int depth(String key, Map<String, String> parents) {
    int depth = 0;
    for (String at = parents.get(key); at != null && !at.isEmpty(); at = parents.get(at)) {
      depth++;
    }
    return depth;
  }

  /** All on one thread, so that others wait as long as the snapshotter is at it. */
  private Optional<Garbage> removeUnlessClaimed(SnapshotInfo orphan) throws IOException {
    String key = orphan.name();
    // that of others has to be measured file by file, which is not worth a line in the log
    long bytes = orphan.kind() == SnapshotKind.COMMITTED ? raw.bytes(key) : 0;
    if (!raw.condemned().add(key)) {
      return Optional.empty();
    }
    boolean isRemoved;
    try {
      isRemoved = !isRecorded(key) && remove(key);
    } finally {
      raw.condemned().release(key);
    }
    if (!isRemoved) {
      return Optional.empty();
    }
    log.info(
        "collected {} of snapshotter {}, {} bytes: no record names it", key, raw.name(), bytes);
    return Optional.of(garbage(key, bytes));
  }

  private boolean isRecorded(String key) {
    return database.read(
        tx ->
            tx.exists(
                    "SELECT 1 FROM snapshot WHERE snapshotter = ? AND backend = ?", raw.name(), key)
                || tx.exists(
                    "SELECT 1 FROM intent WHERE snapshotter = ? AND backend = ?", raw.name(), key));
  }

  private boolean remove(String key) throws IOException {
    try {
      raw.slow().run(snapshotter -> snapshotter.remove(key));
      return true;
    } catch (NotFoundException e) {
      log.debug("collect {} of snapshotter {}: it is gone", key, raw.name());
    } catch (FailedPreconditionException e) {
      log.warn("collect {} of snapshotter {}", key, raw.name(), e);
    }
    return false;
  }

  private boolean cleanup() throws IOException {
    try {
      raw.slow().run(Snapshotter::cleanup);
    } catch (UnimplementedException e) {
      log.debug("clean up snapshotter {}: it leaves nothing", raw.name());
    }
    return true;
  }
}
