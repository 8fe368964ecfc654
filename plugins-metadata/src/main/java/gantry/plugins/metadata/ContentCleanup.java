// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.IngestStatus;
import gantry.errors.NotFoundException;
import gantry.filters.Filter;
import gantry.oci.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  ContentCleanup(Database database, RawContent raw) {
    this.database = database;
    this.raw = raw;
  }

  void run() throws IOException {
    List<BlobInfo> blobs = new ArrayList<>();
    raw.handle().run(store -> store.walk(Filter.ALL, blobs::add));
    List<IngestStatus> ingests = raw.handle().call(store -> store.statuses(Filter.ALL));
    Set<String> digests =
        texts(
            "SELECT digest FROM blob UNION ALL SELECT expected FROM ingest"
                + " WHERE expected IS NOT NULL");
    Set<String> refs = texts("SELECT backend FROM ingest");
    for (BlobInfo blob : blobs) {
      if (!digests.contains(blob.digest().toString())) {
        deleteUnlessClaimed(blob.digest());
      }
    }
    for (IngestStatus ingest : ingests) {
      if (!refs.contains(ingest.ref())) {
        raw.abort(ingest.ref());
        log.info("collected ingest {}", ingest.ref());
      }
    }
  }

  private Set<String> texts(String sql) {
    return new HashSet<>(database.read(tx -> tx.list(sql, row -> row.text(1))));
  }

  private void deleteUnlessClaimed(Digest digest) throws IOException {
    raw.condemned().add(digest.toString());
    try {
      if (!isRecorded(digest.toString())) {
        delete(digest);
      }
    } finally {
      raw.condemned().release(digest.toString());
    }
  }

  private boolean isRecorded(String digest) {
    return database.read(
        tx ->
            tx.exists("SELECT 1 FROM blob WHERE digest = ?", digest)
                || tx.exists("SELECT 1 FROM ingest WHERE expected = ?", digest));
  }

  private void delete(Digest digest) throws IOException {
    try {
      raw.handle().run(store -> store.delete(digest));
      log.info("collected blob {}", digest);
    } catch (NotFoundException e) {
      log.debug("collect blob {}: it is gone", digest);
    }
  }
}
