// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the records and the raw stores do not agree on. Safe for concurrent use. */
final class Inspection implements Inspector {
  private final Database database;
  private final RawContent content;
  private final Snapshotters snapshotters;
  private final Patience patience;

  Inspection(Database database, RawContent content, Snapshotters snapshotters, Patience patience) {
    this.database = database;
    this.content = content;
    this.snapshotters = snapshotters;
    this.patience = patience;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(
        SnapshotInspection.DATA,
        SnapshotInspection.METADATA,
        BlobInspection.DATA,
        BlobInspection.METADATA);
  }

  @Override
  public List<Finding> inspect() throws IOException {
    List<Finding> findings = new ArrayList<>(blobs().inspect());
    for (RawSnapshotter raw : snapshotters.all()) {
      findings.addAll(snapshots(raw).inspect());
    }
    return findings;
  }

  @Override
  public void mend(Finding finding) throws IOException {
    String name = finding.name();
    switch (finding.kind()) {
      case BlobInspection.DATA -> blobs().removeData(name);
      case BlobInspection.METADATA -> blobs().removeRecord(name);
      case SnapshotInspection.DATA -> {
        int end = end(name, 0);
        snapshots(name.substring(0, end)).removeData(name.substring(end + 1));
      }
      case SnapshotInspection.METADATA -> {
        int namespaceEnd = end(name, 0);
        int end = end(name, namespaceEnd + 1);
        snapshots(name.substring(namespaceEnd + 1, end))
            .removeRecord(name.substring(0, namespaceEnd), name.substring(end + 1));
      }
      default ->
          throw new InvalidArgumentException(
              "mend %s: not a kind of %s".formatted(finding.kind(), SqliteMetadata.PLUGIN));
    }
  }

  private static int end(String name, int from) {
    int end = name.indexOf('/', from);
    if (end < 0) {
      throw new InvalidArgumentException("mend %s: not a name of a snapshot".formatted(name));
    }
    return end;
  }

  private BlobInspection blobs() {
    return new BlobInspection(database, content, patience);
  }

  private SnapshotInspection snapshots(String snapshotter) {
    return snapshots(snapshotters.require(snapshotter));
  }

  private SnapshotInspection snapshots(RawSnapshotter raw) {
    return new SnapshotInspection(database, raw, patience);
  }
}
