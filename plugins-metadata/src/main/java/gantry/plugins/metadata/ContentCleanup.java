// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentStore;
import gantry.content.IngestStatus;
import gantry.errors.NotFoundException;
import gantry.filters.Filter;
import gantry.metadata.Garbage;
import gantry.oci.Digest;
import gantry.store.Transaction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes blobs and ingests from the raw store that no record names. The store is read before the
 * records, as in {@link SnapshotCleanup}.
 */
final class ContentCleanup {
  private static final Logger log = LoggerFactory.getLogger(ContentCleanup.class);

  private final Database database;
  private final RawContent raw;
  private final Patience patience;

  ContentCleanup(Database database, RawContent raw, Patience patience) {
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
    List<IngestStatus> ingests = patience.call("list ingests", this::ingests);
    List<BlobInfo> blobs = patience.call("list blobs", this::unrecorded);
    patience.callAll("remove blobs", blobs, this::deleteUnlessClaimed, removed);
    Set<String> refs = texts("SELECT backend FROM ingest");
    for (IngestStatus ingest : ingests) {
      if (!refs.contains(ingest.ref())) {
        removed.accept(patience.call("abort " + ingest.ref(), () -> abort(ingest)));
      }
    }
  }

  /** As {@link #run(Consumer)}, for blobs of which it is known that a record is gone. */
  void run(Set<String> candidates, Consumer<Garbage> removed) throws IOException {
    List<Digest> digests = candidates.stream().map(Digest::parse).toList();
    patience.callAll("remove blobs", digests, this::deleteUnrecorded, removed);
  }

  /** Looks at the records first: most blobs that lost one have others. */
  private List<Garbage> deleteUnrecorded(List<Digest> digests) throws IOException {
    List<BlobInfo> present = new ArrayList<>();
    for (Digest digest : unclaimed(digests)) {
      raw.find(digest).ifPresent(present::add);
    }
    return deleteUnlessClaimed(present);
  }

  private List<IngestStatus> ingests() throws IOException {
    return raw.handle().call(store -> store.statuses(Filter.ALL));
  }

  private Garbage abort(IngestStatus ingest) throws IOException {
    raw.abort(ingest.ref());
    log.info("collected ingest {}, {} bytes: no record names it", ingest.ref(), ingest.offset());
    return garbage(ingest);
  }

  /** What no record names, as it would be reported. */
  List<Garbage> orphans() throws IOException {
    List<Garbage> orphans = new ArrayList<>();
    List<IngestStatus> ingests = ingests();
    unrecorded().forEach(blob -> orphans.add(garbage(blob)));
    Set<String> refs = texts("SELECT backend FROM ingest");
    ingests.stream()
        .filter(ingest -> !refs.contains(ingest.ref()))
        .forEach(ingest -> orphans.add(garbage(ingest)));
    return orphans;
  }

  /** Removes one of them unless a record claims it; whether it did. */
  boolean removeOrphan(Digest digest) throws IOException {
    return !deleteUnrecorded(List.of(digest)).isEmpty();
  }

  /** The blobs that no record names. */
  List<BlobInfo> unrecorded() throws IOException {
    List<BlobInfo> blobs = new ArrayList<>();
    raw.handle().run(store -> store.walk(Filter.ALL, blobs::add));
    Set<String> digests =
        texts(
            "SELECT digest FROM blob UNION ALL SELECT expected FROM ingest"
                + " WHERE expected IS NOT NULL");
    return blobs.stream().filter(blob -> !digests.contains(blob.digest().toString())).toList();
  }

  private static Garbage garbage(BlobInfo blob) {
    return new Garbage("", "blob", blob.digest().toString(), blob.size(), "no record names it");
  }

  private static Garbage garbage(IngestStatus ingest) {
    return new Garbage("", "ingest", ingest.ref(), ingest.offset(), "no record names it");
  }

  private Set<String> texts(String sql) {
    return new HashSet<>(database.read(tx -> tx.list(sql, row -> row.text(1))));
  }

  /** All on one thread, so that others wait as long as the store is at it. */
  private List<Garbage> deleteUnlessClaimed(List<BlobInfo> blobs) throws IOException {
    List<BlobInfo> mine =
        blobs.stream().filter(blob -> raw.condemned().add(blob.digest().toString())).toList();
    List<Digest> deleted;
    try {
      List<Digest> unclaimed = unclaimed(mine.stream().map(BlobInfo::digest).toList());
      deleted = raw.handle().call(store -> deleteAll(store, unclaimed));
    } finally {
      mine.forEach(blob -> raw.condemned().release(blob.digest().toString()));
    }
    Set<Digest> gone = Set.copyOf(deleted);
    return mine.stream().filter(blob -> gone.contains(blob.digest())).map(this::tell).toList();
  }

  private Garbage tell(BlobInfo blob) {
    log.info("collected blob {}, {} bytes: no record names it", blob.digest(), blob.size());
    return garbage(blob);
  }

  private List<Digest> unclaimed(List<Digest> digests) {
    return database.read(
        tx -> digests.stream().filter(digest -> !isRecorded(tx, digest.toString())).toList());
  }

  private static boolean isRecorded(Transaction tx, String digest) {
    return tx.exists("SELECT 1 FROM blob WHERE digest = ?", digest)
        || tx.exists("SELECT 1 FROM ingest WHERE expected = ?", digest);
  }

  private static List<Digest> deleteAll(ContentStore store, List<Digest> digests)
      throws IOException {
    List<Digest> deleted = new ArrayList<>();
    for (Digest digest : digests) {
      try {
        store.delete(digest);
        deleted.add(digest);
      } catch (NotFoundException e) {
        log.debug("collect {}: it is gone", digest);
      }
    }
    return deleted;
  }
}
