// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.IngestStatus;
import gantry.filters.Filter;
import gantry.oci.Digest;
import gantry.store.LabelColumn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills an empty database from what is on the disk: the raw stores, and the book of names. All that
 * comes back is kept by a lease in each namespace until somebody ends that. For one thread.
 */
final class Rebuild {
  /** To hash a blob, however large. */
  private static final Duration BYTES = Duration.ofHours(1);

  private static final Pattern REF = Pattern.compile("[^/]+/([0-9]+)/.*", Pattern.DOTALL);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final int CHUNK = 1 << 20;

  private final Database database;
  private final RawContent content;
  private final Snapshotters snapshotters;
  private final NameBook book;
  private final RebuildReport report = new RebuildReport();

  Rebuild(Database database, RawContent content, Snapshotters snapshotters, NameBook book) {
    this.database = database;
    this.content = content;
    this.snapshotters = snapshotters;
    this.book = book;
  }

  /**
   * Does it.
   *
   * @param isHashed whether every blob is read and hashed before it is believed
   */
  RebuildReport run(boolean isHashed) throws IOException {
    String lease = "rebuild-" + TIME.format(database.now());
    Map<Digest, BlobInfo> present = present(isHashed);
    try (Recovery recovery = new Recovery(database, lease)) {
      namespaces(recovery);
      RecoveredSnapshots snapshots = new RecoveredSnapshots(recovery, book, report);
      for (RawSnapshotter raw : snapshotters.all()) {
        snapshots.recover(raw);
      }
      new RecoveredContent(
              recovery, book, report, snapshots, new Documents(content.handle()), present)
          .recover();
      beginAfter(recovery, snapshots.lastNumber(), lastRef());
      recovery.flush();
      if (!recovery.namespaces().isEmpty()) {
        report.note(
            "lease %s in each namespace keeps all of it: delete it when all is well"
                .formatted(lease));
      }
    }
    gone();
    return report;
  }

  private void namespaces(Recovery recovery) {
    for (NameLine line : book.all(NameRows.NAMESPACE)) {
      recovery.namespace(line.field(0));
      recovery.write(
          tx ->
              tx.run(
                  "UPDATE namespace SET labels = ? WHERE name = ?",
                  LabelColumn.encode(LabelColumn.labels(line.field(1))),
                  line.field(0)));
      report.recovered("namespaces");
    }
  }

  private Map<Digest, BlobInfo> present(boolean isHashed) throws IOException {
    Map<Digest, BlobInfo> present = new HashMap<>();
    content.handle().run(store -> store.walk(Filter.ALL, blob -> present.put(blob.digest(), blob)));
    if (isHashed) {
      for (Digest digest : List.copyOf(present.keySet())) {
        Digest found = hash(digest);
        if (!found.equals(digest)) {
          present.remove(digest);
          report.lost("blob %s: its bytes have the digest %s".formatted(digest, found));
        }
      }
    } else {
      report.note("no blob was hashed: gantry content verify does that");
    }
    return present;
  }

  private Digest hash(Digest digest) throws IOException {
    return content
        .handle()
        .within(BYTES)
        .<Digest, IOException>call(
            store -> {
              MessageDigest hash = Digest.hasher(digest.algorithm());
              ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
              try (ContentReader reader = store.reader(digest)) {
                for (long offset = 0; reader.read(chunk.clear(), offset) >= 0; ) {
                  offset += chunk.flip().remaining();
                  hash.update(chunk);
                }
              }
              return Digest.of(digest.algorithm(), hash.digest());
            });
  }

  /** Refs of ingests are numbered too; a new one must not find the bytes of an old one. */
  private long lastRef() throws IOException {
    List<IngestStatus> ingests =
        new ArrayList<>(content.handle().call(store -> store.statuses(Filter.ALL)));
    long last = 0;
    for (IngestStatus ingest : ingests) {
      Matcher matcher = REF.matcher(ingest.ref());
      if (matcher.matches()) {
        last = Math.max(last, Long.parseLong(matcher.group(1)));
      }
      report.note("ingest %s is not resumed".formatted(ingest.ref()));
    }
    return last;
  }

  private static void beginAfter(Recovery recovery, long snapshot, long ref) {
    recovery.write(
        tx -> {
          tx.run("DELETE FROM sqlite_sequence WHERE name = 'intent'");
          tx.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('intent', ?)", snapshot);
          tx.run("UPDATE counter SET value = ? WHERE name = 'sequence'", ref);
        });
  }

  /** What is nowhere but in the database. */
  private void gone() {
    for (NameLine line : book.all(NameRows.CONTAINER)) {
      report.note(
          "container %s of namespace %s cannot be rebuilt: create it again"
              .formatted(line.field(1), line.field(0)));
    }
    for (NameLine line : book.all(NameRows.SANDBOX)) {
      report.note(
          "sandbox %s of namespace %s cannot be rebuilt: create it again"
              .formatted(line.field(1), line.field(0)));
    }
    for (NameLine line : book.all(NameRows.LEASE)) {
      report.note(
          "lease %s of namespace %s cannot be rebuilt".formatted(line.field(1), line.field(0)));
    }
    if (book.damaged() > 0) {
      report.note("%d lines of names.log could not be read".formatted(book.damaged()));
    }
  }
}
