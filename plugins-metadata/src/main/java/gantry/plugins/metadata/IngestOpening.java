// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.UnavailableException;
import gantry.metadata.Caller;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.store.Hold;
import gantry.store.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens one ingest. Where the raw store has the blob already and the namespace may have it, the
 * ingest is shared: it begins complete, and takes bytes of its own only when it is written to.
 */
final class IngestOpening {
  private static final Duration LIFETIME = Duration.ofHours(24);

  private final Database database;
  private final RawContent raw;
  private final Caller caller;
  private final String namespace;
  private final IngestRequest request;

  IngestOpening(Database database, RawContent raw, Caller caller, IngestRequest request) {
    this.database = database;
    this.raw = raw;
    this.caller = caller;
    this.namespace = caller.namespace().name();
    this.request = request;
  }

  /** What the record says. */
  private record Opened(String backend, boolean isNew, boolean isShared) {}

  /** The writer keeps the database open, for it must be able to commit. */
  ContentWriter open() throws IOException {
    Hold hold = database.hold();
    try {
      return open(hold);
    } catch (IOException | RuntimeException e) {
      hold.close();
      throw e;
    }
  }

  private ContentWriter open(Hold hold) throws IOException {
    BlobInfo candidate = candidate();
    Opened opened = database.note(tx -> record(tx, candidate != null));
    if (opened == null) {
      throw new AlreadyExistsException("content %s: already exists".formatted(request.expected()));
    }
    BlobInfo shared = opened.isShared() ? claimed() : null;
    Handle.Lease<ContentStore> lease = raw.handle().lease();
    try {
      ContentWriter writer = shared == null ? rawWriter(lease.get(), opened.backend()) : null;
      return new NamespacedWriter(
          database, hold, raw, caller, request.ref(), opened.backend(), lease, writer, shared);
    } catch (IOException | RuntimeException e) {
      lease.close();
      forget(opened);
      throw e;
    }
  }

  private ContentWriter rawWriter(ContentStore store, String backend) throws IOException {
    try {
      return rawWriter(store, backend, algorithmHint());
    } catch (AlreadyExistsException e) {
      return rawWriter(store, backend, null);
    } catch (UnavailableException e) {
      throw new UnavailableException(e.getMessage().replace(backend, request.ref()), e);
    }
  }

  private ContentWriter rawWriter(ContentStore store, String backend, @Nullable Digest expected)
      throws IOException {
    return store.writer(new IngestRequest(backend, request.total(), expected));
  }

  /**
   * The raw store is told the digest only for its algorithm: it would refuse a blob that it has,
   * though only other namespaces may see it.
   */
  private @Nullable Digest algorithmHint() {
    Digest expected = request.expected();
    return expected == null || expected.algorithm().equals("sha256") ? null : expected;
  }

  private @Nullable BlobInfo candidate() throws IOException {
    Digest expected = request.expected();
    if (expected == null) {
      return null;
    }
    return raw.find(expected)
        .filter(blob -> request.total() == 0 || request.total() == blob.size())
        .orElse(null);
  }

  /** Returns null if the namespace has the blob already; it is added to the lease then. */
  private @Nullable Opened record(Transaction tx, boolean hasCandidate) {
    Digest expected = request.expected();
    String ref = request.ref();
    NamespaceTable.ensure(tx, caller.namespace());
    if (expected != null && BlobRows.exists(tx, namespace, expected)) {
      Claims.add(tx, caller, Claims.CONTENT, expected.toString());
      return null;
    }
    boolean isLeased = Claims.add(tx, caller, Claims.INGESTS, ref);
    Optional<String> known = IngestRows.findBackend(tx, namespace, ref);
    String backend = known.orElseGet(() -> IngestRows.insert(tx, namespace, ref));
    if (!isLeased) {
      IngestRows.setExpiry(tx, namespace, ref, database.now().plus(LIFETIME));
    }
    boolean isShared =
        hasCandidate && expected != null && (raw.isShared() || BlobRows.isShareable(tx, expected));
    IngestRows.setExpected(tx, namespace, ref, isShared ? expected : null);
    return new Opened(backend, known.isEmpty(), isShared);
  }

  /** The record names the blob now, so it stays, unless its removal had begun before. */
  private @Nullable BlobInfo claimed() throws IOException {
    Digest expected = request.expected();
    if (expected == null) {
      return null;
    }
    raw.condemned().await(expected.toString());
    Optional<BlobInfo> blob = raw.find(expected);
    if (blob.isEmpty()) {
      database.note(
          tx -> {
            IngestRows.setExpected(tx, namespace, request.ref(), null);
            return true;
          });
    }
    return blob.orElse(null);
  }

  private void forget(Opened opened) {
    if (opened.isNew()) {
      database.note(
          tx -> {
            IngestRows.delete(tx, namespace, request.ref());
            Claims.remove(tx, caller, Claims.INGESTS, request.ref());
            return true;
          });
    }
  }
}
