// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.events.Event;
import gantry.filters.Filter;
import gantry.names.Namespace;
import gantry.oci.Digest;
import gantry.store.Transaction;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Compares the records of blobs with the raw content store. */
final class BlobInspection {
  static final String DATA = "blob";
  static final String METADATA = "blob-metadata";

  private final Database database;
  private final RawContent raw;
  private final ContentCleanup cleanup;

  BlobInspection(Database database, RawContent raw, Patience patience) {
    this.database = database;
    this.raw = raw;
    this.cleanup = new ContentCleanup(database, raw, patience);
  }

  private record Row(String namespace, String digest, long size, Instant updated) {}

  List<Finding> inspect() throws IOException {
    // As with snapshots: the records first for those that must have bytes, last for those that must
    // have a record.
    List<Row> rows =
        database.read(
            tx ->
                tx.list(
                    "SELECT ns, digest, size, updated FROM blob",
                    row -> new Row(row.text(1), row.text(2), row.number(3), row.time(4))));
    Set<String> present = new HashSet<>();
    raw.handle()
        .run(store -> store.walk(Filter.ALL, blob -> present.add(blob.digest().toString())));
    List<Finding> findings = new ArrayList<>();
    rows.stream()
        .filter(row -> !present.contains(row.digest()))
        .map(BlobInspection::finding)
        .forEach(findings::add);
    cleanup.unrecorded().stream().map(BlobInspection::finding).forEach(findings::add);
    return findings;
  }

  private static Finding finding(Row row) {
    return new Finding(
        METADATA,
        row.namespace() + "/" + row.digest(),
        row.updated(),
        Finding.UNKNOWN,
        row.namespace() + "/" + row.digest(),
        "its %d bytes are gone from the content store".formatted(row.size()),
        "remove the record, so that the next pull fetches it again");
  }

  private static Finding finding(BlobInfo blob) {
    return new Finding(
        DATA,
        blob.digest().toString(),
        blob.updatedAt(),
        blob.size(),
        SqliteMetadata.PLUGIN,
        "no record names it",
        "delete it from the content store");
  }

  void removeData(String name) throws IOException {
    Digest digest = Digest.parse(name);
    if (!cleanup.removeOrphan(digest) && raw.find(digest).isPresent()) {
      throw new FailedPreconditionException("delete blob %s: a record names it".formatted(name));
    }
  }

  void removeRecord(String name) throws IOException {
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw new InvalidArgumentException("mend %s: not a name of a blob's record".formatted(name));
    }
    String namespace = name.substring(0, slash);
    Digest digest = Digest.parse(name.substring(slash + 1));
    if (raw.find(digest).isPresent()) {
      throw new FailedPreconditionException(
          "remove record of blob %s: its bytes are there".formatted(digest));
    }
    if (database.write(tx -> remove(tx, namespace, digest))) {
      database.publish(new Namespace(namespace), new Event.ContentDelete(digest.toString()));
    }
  }

  private static boolean remove(Transaction tx, String namespace, Digest digest) {
    if (!BlobRows.exists(tx, namespace, digest)) {
      return false;
    }
    BlobRows.delete(tx, namespace, digest);
    tx.run(
        "DELETE FROM claim WHERE ns = ? AND type = ? AND id = ?",
        namespace,
        Claims.CONTENT,
        digest.toString());
    return true;
  }
}
