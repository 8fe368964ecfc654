// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.IngestStatus;
import gantry.errors.NotFoundException;
import gantry.filters.Filter;
import gantry.metadata.Garbage;
import gantry.oci.Digest;
import gantry.plugins.metadata.Patience.Job;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
    List<Job<Optional<Garbage>>> jobs = new ArrayList<>();
    for (BlobInfo blob : patience.call("list blobs", this::unrecorded)) {
      jobs.add(new Job<>("remove " + blob.digest(), () -> deleteUnlessClaimed(blob)));
    }
    patience.callAll(jobs, done -> done.ifPresent(removed));
    Set<String> refs = texts("SELECT backend FROM ingest");
    for (IngestStatus ingest : ingests) {
      if (!refs.contains(ingest.ref())) {
        removed.accept(patience.call("abort " + ingest.ref(), () -> abort(ingest)));
      }
    }
  }

  /** As {@link #run(Consumer)}, for blobs of which it is known that a record is gone. */
  void run(Set<String> candidates, Consumer<Garbage> removed) throws IOException {
    List<Job<Optional<Garbage>>> jobs = new ArrayList<>();
    for (String candidate : candidates) {
      Digest digest = Digest.parse(candidate);
      jobs.add(new Job<>("remove " + digest, () -> deleteUnlessClaimed(digest)));
    }
    patience.callAll(jobs, done -> done.ifPresent(removed));
  }

  private Optional<Garbage> deleteUnlessClaimed(Digest digest) throws IOException {
    Optional<BlobInfo> blob = isRecorded(digest.toString()) ? Optional.empty() : raw.find(digest);
    return blob.isEmpty() ? Optional.empty() : deleteUnlessClaimed(blob.get());
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
    return deleteUnlessClaimed(digest).isPresent();
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
  private Optional<Garbage> deleteUnlessClaimed(BlobInfo blob) throws IOException {
    String digest = blob.digest().toString();
    if (!raw.condemned().add(digest)) {
      return Optional.empty();
    }
    boolean isDeleted;
    try {
      isDeleted = !isRecorded(digest) && delete(blob.digest());
    } finally {
      raw.condemned().release(digest);
    }
    if (!isDeleted) {
      return Optional.empty();
    }
    log.info("collected blob {}, {} bytes: no record names it", digest, blob.size());
    return Optional.of(garbage(blob));
  }

  private boolean isRecorded(String digest) {
    return database.read(
        tx ->
            tx.exists("SELECT 1 FROM blob WHERE digest = ?", digest)
                || tx.exists("SELECT 1 FROM ingest WHERE expected = ?", digest));
  }

  private boolean delete(Digest digest) throws IOException {
    try {
      raw.handle().run(store -> store.delete(digest));
      return true;
    } catch (NotFoundException e) {
      log.debug("collect blob {}: it is gone", digest);
      return false;
    }
  }
}
