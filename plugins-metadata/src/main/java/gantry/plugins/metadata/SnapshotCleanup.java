// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.filters.Filter;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  SnapshotCleanup(Database database, RawSnapshotter raw) {
    this.database = database;
    this.raw = raw;
  }

  void run() throws IOException {
    List<SnapshotInfo> present = new ArrayList<>();
    raw.handle().run(snapshotter -> snapshotter.walk(Filter.ALL, present::add));
    Set<String> recorded = recorded();
    List<String> orphans =
        leavesFirst(present).stream().filter(key -> !recorded.contains(key)).toList();
    for (String key : orphans) {
      removeUnlessClaimed(key);
    }
    cleanup();
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

  static List<String> leavesFirst(List<SnapshotInfo> present) {
    Map<String, String> parents = new HashMap<>();
    present.forEach(info -> parents.put(info.name(), info.parent()));
    Map<String, Integer> depths = new HashMap<>();
    present.forEach(info -> depths.put(info.name(), depth(info.name(), parents)));
    return parents.keySet().stream()
        .sorted(Comparator.comparing((String key) -> depths.getOrDefault(key, 0)).reversed())
        .toList();
  }

  private static int depth(String key, Map<String, String> parents) {
    int depth = 0;
    for (String at = parents.get(key); at != null && !at.isEmpty(); at = parents.get(at)) {
      depth++;
    }
    return depth;
  }

  private void removeUnlessClaimed(String key) throws IOException {
    raw.condemned().add(key);
    try {
      if (!isRecorded(key)) {
        remove(key);
      }
    } finally {
      raw.condemned().release(key);
    }
  }

  private boolean isRecorded(String key) {
    return database.read(
        tx ->
            tx.exists(
                    "SELECT 1 FROM snapshot WHERE snapshotter = ? AND backend = ?", raw.name(), key)
                || tx.exists(
                    "SELECT 1 FROM intent WHERE snapshotter = ? AND backend = ?", raw.name(), key));
  }

  private void remove(String key) throws IOException {
    try {
      raw.handle().run(snapshotter -> snapshotter.remove(key));
      log.info("collected {} of snapshotter {}", key, raw.name());
    } catch (NotFoundException e) {
      log.debug("collect {} of snapshotter {}: it is gone", key, raw.name());
    } catch (FailedPreconditionException e) {
      log.warn("collect {} of snapshotter {}", key, raw.name(), e);
    }
  }

  private void cleanup() throws IOException {
    try {
      raw.handle().run(Snapshotter::cleanup);
    } catch (UnimplementedException e) {
      log.debug("clean up snapshotter {}: it leaves nothing", raw.name());
    }
  }
}
