// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.UnimplementedException;
import gantry.filters.Filter;
import gantry.metadata.Garbage;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import gantry.store.Transaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
      String what = "remove snapshots from snapshotter " + raw.name();
      patience.callAll(what, level, this::removeAndFree, removed);
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
    return !removeAndFree(List.of(orphan)).isEmpty();
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

  /** Frees step by step: deleting all at once at the end would hold up the syncs of others. */
  private List<Garbage> removeAndFree(List<SnapshotInfo> orphans) throws IOException {
    List<Garbage> removed = removeUnlessClaimed(orphans);
    if (!removed.isEmpty()) {
      free();
    }
    return removed;
  }

  /** One directory in use keeps no other snapshot; the end of each collection tells of it. */
  private void free() {
    try {
      boolean _ = cleanup();
    } catch (IOException e) {
      log.debug("clean up snapshotter {}: the end of a collection tries again", raw.name(), e);
    }
  }

  /** All on one thread, so that others wait as long as the snapshotter is at it. */
  private List<Garbage> removeUnlessClaimed(List<SnapshotInfo> orphans) throws IOException {
    Map<String, Long> sizes = new LinkedHashMap<>();
    for (SnapshotInfo orphan : orphans) {
      sizes.put(orphan.name(), size(orphan));
    }
    List<String> mine = sizes.keySet().stream().filter(raw.condemned()::add).toList();
    List<String> removed;
    try {
      removed = remove(unclaimed(mine));
    } finally {
      mine.forEach(raw.condemned()::release);
    }
    return removed.stream().map(key -> tell(key, sizes.getOrDefault(key, 0L))).toList();
  }

  private List<String> remove(List<String> keys) throws IOException {
    List<String> removed = raw.slow().call(snapshotter -> snapshotter.removeAll(keys));
    for (String key : keys) {
      if (!removed.contains(key)) {
        log.info("left {} in snapshotter {}: it is gone, or others stand on it", key, raw.name());
      }
    }
    return removed;
  }

  /** That of others has to be measured file by file, which is not worth a line in the log. */
  private long size(SnapshotInfo orphan) throws IOException {
    return orphan.kind() == SnapshotKind.COMMITTED ? raw.bytes(orphan.name()) : 0;
  }

  private Garbage tell(String key, long bytes) {
    log.info(
        "collected {} of snapshotter {}, {} bytes: no record names it", key, raw.name(), bytes);
    return garbage(key, bytes);
  }

  private List<String> unclaimed(List<String> keys) {
    return database.read(tx -> keys.stream().filter(key -> !isRecorded(tx, key)).toList());
  }

  private boolean isRecorded(Transaction tx, String key) {
    return tx.exists(
            "SELECT 1 FROM snapshot WHERE snapshotter = ? AND backend = ?", raw.name(), key)
        || tx.exists("SELECT 1 FROM intent WHERE snapshotter = ? AND backend = ?", raw.name(), key);
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
