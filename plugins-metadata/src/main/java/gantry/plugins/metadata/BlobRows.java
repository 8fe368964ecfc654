// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.Digest;
import gantry.store.LabelColumn;
import gantry.store.Row;
import gantry.store.Transaction;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The blobs that namespaces claim, as rows. */
final class BlobRows {
  private static final String SELECT =
      "SELECT digest, size, created, updated, labels FROM blob WHERE ns = ?";

  private BlobRows() {}

  static BlobInfo require(Transaction tx, String namespace, Digest digest) {
    return tx.find(SELECT + " AND digest = ?", BlobRows::blob, namespace, digest.toString())
        .orElseThrow(() -> missing(digest));
  }

  static boolean exists(Transaction tx, String namespace, Digest digest) {
    return tx.exists(
        "SELECT 1 FROM blob WHERE ns = ? AND digest = ?", namespace, digest.toString());
  }

  static List<BlobInfo> all(Transaction tx, String namespace) {
    return tx.list(SELECT + " ORDER BY digest", BlobRows::blob, namespace);
  }

  /** Whether it was not there before. */
  static boolean insert(Transaction tx, String namespace, BlobInfo blob) {
    return tx.run(
            "INSERT OR IGNORE INTO blob (ns, digest, size, created, updated, labels)"
                + " VALUES (?, ?, ?, ?, ?, ?)",
            namespace,
            blob.digest().toString(),
            blob.size(),
            blob.createdAt(),
            blob.updatedAt(),
            LabelColumn.encode(blob.labels()))
        > 0;
  }

  static void setLabels(Transaction tx, String namespace, BlobInfo blob) {
    tx.run(
        "UPDATE blob SET labels = ?, updated = ? WHERE ns = ? AND digest = ?",
        LabelColumn.encode(blob.labels()),
        blob.updatedAt(),
        namespace,
        blob.digest().toString());
  }

  static void delete(Transaction tx, String namespace, Digest digest) {
    if (tx.run("DELETE FROM blob WHERE ns = ? AND digest = ?", namespace, digest.toString()) == 0) {
      throw missing(digest);
    }
  }

  /** Whether a namespace that has it lets others have it. */
  static boolean isShareable(Transaction tx, Digest digest) {
    AtomicBoolean isShareable = new AtomicBoolean();
    tx.each(
        "SELECT n.labels FROM blob b JOIN namespace n ON n.name = b.ns WHERE b.digest = ?",
        row -> {
          Labels labels = LabelColumn.labels(row.text(1));
          if (labels.find(WellKnown.NAMESPACE_SHAREABLE).filter("true"::equals).isPresent()) {
            isShareable.set(true);
          }
        },
        digest.toString());
    return isShareable.get();
  }

  private static NotFoundException missing(Digest digest) {
    return new NotFoundException("content digest %s: not found".formatted(digest));
  }

  private static BlobInfo blob(Row row) {
    return new BlobInfo(
        Digest.parse(row.text(1)),
        row.number(2),
        row.time(3),
        row.time(4),
        LabelColumn.labels(row.text(5)));
  }
}
