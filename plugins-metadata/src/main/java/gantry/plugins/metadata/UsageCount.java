// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.IngestStatus;
import gantry.filters.Filter;
import gantry.metadata.Garbage;
import gantry.metadata.StoreUsage;
import gantry.metadata.StoreUsage.Amount;
import gantry.snapshots.SnapshotInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts what raw stores have, and how much of it a collection would free. For one thread. */
final class UsageCount {
  private final Database database;
  private final RawContent content;
  private final Snapshotters snapshotters;
  private final Map<String, Integer> condemnedRecords = new HashMap<>();
  private final Set<String> orphans = new HashSet<>();
  private Amount lost = Amount.NONE;

  UsageCount(Database database, RawContent content, Snapshotters snapshotters) {
    this.database = database;
    this.content = content;
    this.snapshotters = snapshotters;
  }

  /**
   * Counts.
   *
   * @param plan what a collection would remove
   */
  StoreUsage count(List<Garbage> plan) throws IOException {
    for (Garbage garbage : plan) {
      if (garbage.namespace().isEmpty()) {
        orphans.add(garbage.id());
        lost = lost.plus(garbage.bytes(), true);
      } else {
        condemnedRecords.merge(objectOf(garbage), 1, Integer::sum);
      }
    }
    SortedMap<String, Amount> snapshots = new TreeMap<>();
    for (RawSnapshotter raw : snapshotters.all()) {
      snapshots.put(raw.name(), snapshots(raw));
    }
    return new StoreUsage(blobs(), snapshots, ingests(), lost);
  }

  /**
   * Blobs go by digest, whatever the namespace; snapshots by what the raw snapshotter calls them.
   */
  private String objectOf(Garbage garbage) {
    if (!garbage.type().equals(Node.Type.SNAPSHOT.word())) {
      return garbage.id();
    }
    Node node = Node.of(Node.Type.SNAPSHOT, garbage.namespace(), garbage.id());
    SnapshotRows rows = new SnapshotRows(node.namespace(), node.snapshotter());
    return database
        .read(tx -> rows.find(tx, node.snapshotName()))
        .map(snapshot -> node.snapshotter() + "/" + snapshot.backend())
        .orElse("");
  }

  private Amount blobs() throws IOException {
    Map<String, Integer> records = new HashMap<>();
    database.read(
        tx -> {
          tx.each("SELECT digest FROM blob", row -> records.merge(row.text(1), 1, Integer::sum));
          return true;
        });
    List<BlobInfo> blobs = new ArrayList<>();
    content.handle().run(store -> store.walk(Filter.ALL, blobs::add));
    Amount amount = Amount.NONE;
    for (BlobInfo blob : blobs) {
      String digest = blob.digest().toString();
      boolean isCondemned =
          condemnedRecords.getOrDefault(digest, 0) >= records.getOrDefault(digest, 1);
      amount = amount.plus(blob.size(), isCondemned || orphans.contains(digest));
    }
    return amount;
  }

  private Amount snapshots(RawSnapshotter raw) throws IOException {
    List<SnapshotInfo> present = new ArrayList<>();
    raw.handle().run(snapshotter -> snapshotter.walk(Filter.ALL, present::add));
    Amount amount = Amount.NONE;
    for (SnapshotInfo snapshot : present) {
      String object = raw.name() + "/" + snapshot.name();
      boolean isReclaimable = orphans.contains(object) || condemnedRecords.containsKey(object);
      amount = amount.plus(raw.bytes(snapshot.name()), isReclaimable);
    }
    return amount;
  }

  private Amount ingests() throws IOException {
    List<IngestStatus> ingests = content.handle().call(store -> store.statuses(Filter.ALL));
    Amount amount = Amount.NONE;
    for (IngestStatus ingest : ingests) {
      amount = amount.plus(ingest.offset(), orphans.contains(ingest.ref()));
    }
    return amount;
  }
}
