// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.events.Event;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.store.Hold;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An open ingest of a namespace. It has either a raw writer, or a shared blob that stands for one
 * that is complete.
 */
final class NamespacedWriter implements ContentWriter {
  private static final int CHUNK = 1 << 20;

  private final Database database;
  private final Hold hold;
  private final RawContent raw;
  private final Caller caller;
  private final String namespace;
  private final String ref;
  private final String backend;
  private final Handle.Lease<ContentStore> lease;
  private final Instant startedAt;
  private @Nullable ContentWriter writer;
  private @Nullable BlobInfo shared;

  NamespacedWriter(
      Database database,
      Hold hold,
      RawContent raw,
      Caller caller,
      String ref,
      String backend,
      Handle.Lease<ContentStore> lease,
      @Nullable ContentWriter writer,
      @Nullable BlobInfo shared) {
    this.database = database;
    this.hold = hold;
    this.raw = raw;
    this.caller = caller;
    this.namespace = caller.namespace().name();
    this.ref = ref;
    this.backend = backend;
    this.lease = lease;
    this.startedAt = database.now();
    this.writer = writer;
    this.shared = shared;
  }

  @Override
  public IngestStatus status() throws IOException {
    if (shared != null) {
      return new IngestStatus(
          ref, shared.size(), shared.size(), shared.digest(), startedAt, startedAt);
    }
    return NamespacedContent.named(ref, own().status());
  }

  @Override
  public Digest digest() throws IOException {
    return shared != null ? shared.digest() : own().digest();
  }

  @Override
  public ContentReader written() throws IOException {
    Handle.Lease<ContentStore> reading = raw.handle().lease();
    try {
      ContentReader reader =
          shared != null ? reading.get().reader(shared.digest()) : own().written();
      return new LeasedReader(reader, reading);
    } catch (IOException | RuntimeException e) {
      reading.close();
      throw e;
    }
  }

  @Override
  public void write(ByteBuffer bytes) throws IOException {
    if (shared != null) {
      if (!bytes.hasRemaining()) {
        return;
      }
      unshare(shared, shared.size());
    }
    own().write(bytes);
  }

  @Override
  public void truncate(long size) throws IOException {
    if (shared != null) {
      unshare(shared, size);
    } else {
      own().truncate(size);
    }
  }

  @Override
  public Digest commit(long size, @Nullable Digest expected, Labels labels) throws IOException {
    BlobInfo blob =
        shared != null ? commitShared(shared, size, expected) : commitOwn(size, expected);
    Instant now = database.now();
    BlobInfo made = new BlobInfo(blob.digest(), blob.size(), now, now, labels);
    // If the record cannot be written the blob may be nobody's.
    raw.addCandidate(blob.digest().toString());
    boolean isNew =
        database.write(
            tx -> {
              NamespaceTable.ensure(tx, caller.namespace());
              boolean inserted = BlobRows.insert(tx, namespace, made);
              IngestRows.delete(tx, namespace, ref);
              Claims.remove(tx, caller, Claims.INGESTS, ref);
              Claims.add(tx, caller, Claims.CONTENT, made.digest().toString());
              return inserted;
            });
    if (!isNew) {
      throw new AlreadyExistsException("content %s: already exists".formatted(made.digest()));
    }
    database.publish(
        caller.namespace(), new Event.ContentCreate(made.digest().toString(), made.size()));
    return made.digest();
  }

  private BlobInfo commitShared(BlobInfo blob, long size, @Nullable Digest expected) {
    requireSize(blob.size(), size);
    if (expected != null && !expected.equals(blob.digest())) {
      throw new FailedPreconditionException(
          "\"%s\" unexpected digest: have %s, want %s".formatted(ref, blob.digest(), expected));
    }
    // an ingest of the same ref that had bytes of its own before leaves them
    raw.markDirty();
    return blob;
  }

  private BlobInfo commitOwn(long size, @Nullable Digest expected) throws IOException {
    ContentWriter own = own();
    long written = own.status().offset();
    requireSize(written, size);
    Digest digest = expected == null ? own.digest() : expected;
    // The record protects the blob from its first moment, before any other record names it.
    database.note(
        tx -> {
          IngestRows.setExpected(tx, namespace, ref, digest);
          return true;
        });
    raw.condemned().await(digest.toString());
    Digest committed = digest;
    try {
      committed = own.commit(written, expected, Labels.none());
    } catch (AlreadyExistsException e) {
      // another namespace has it, or this one; the caller of this method finds out
      raw.markDirty();
    }
    Instant now = database.now();
    return new BlobInfo(committed, written, now, now, Labels.none());
  }

  private void requireSize(long have, long wanted) {
    if (wanted != 0 && wanted != have) {
      throw new FailedPreconditionException(
          "\"%s\" failed size validation: %d != %d: unexpected commit size %d, expected %d"
              .formatted(ref, have, wanted, have, wanted));
    }
  }

  /** Gives the ingest bytes of its own: the first ones of the blob it shared so far. */
  private void unshare(BlobInfo blob, long size) throws IOException {
    ContentWriter own = lease.get().writer(new IngestRequest(backend, 0, null));
    try {
      if (own.status().offset() > 0) {
        own.truncate(0);
      }
      copy(blob.digest(), own, size);
    } catch (IOException | RuntimeException e) {
      own.close();
      throw e;
    }
    writer = own;
    shared = null;
  }

  private void copy(Digest source, ContentWriter target, long size) throws IOException {
    try (ContentReader reader = lease.get().reader(source)) {
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
      long offset = 0;
      while (offset < size) {
        chunk.clear().limit((int) Math.min(CHUNK, size - offset));
        int count = reader.read(chunk, offset);
        if (count < 0) {
          throw new FailedPreconditionException(
              "copy %s into \"%s\": it has no %d bytes".formatted(source, ref, size));
        }
        target.write(chunk.flip());
        offset += count;
      }
    }
  }

  private ContentWriter own() {
    if (writer == null) {
      throw new IllegalStateException("write \"" + ref + "\": neither shared nor open");
    }
    return writer;
  }

  @Override
  public void close() throws IOException {
    try (hold;
        lease) {
      if (writer != null) {
        writer.close();
      }
    }
  }
}
