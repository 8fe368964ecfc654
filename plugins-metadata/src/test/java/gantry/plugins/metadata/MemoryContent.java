// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AbortedException;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A raw content store in memory. */
final class MemoryContent implements ContentStore {
  private final Guard guard;
  private final Map<Digest, Blob> blobs = new ConcurrentHashMap<>();
  private final Map<String, Ingest> ingests = new ConcurrentHashMap<>();
  private final AtomicReference<Runnable> deletion = new AtomicReference<>(() -> {});

  MemoryContent(Guard guard) {
    this.guard = guard;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Blob(byte[] bytes, Instant createdAt) {
    BlobInfo info(Digest digest) {
      return new BlobInfo(digest, bytes.length, createdAt, createdAt, Labels.none());
    }
  }

  private static final class Ingest {
    final AtomicBoolean isOpen = new AtomicBoolean();
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final Instant startedAt = Instant.now();
    long total;
    volatile Instant updatedAt = startedAt;

    synchronized byte[] content() {
      return bytes.toByteArray();
    }

    synchronized void restart(long newTotal) {
      bytes.reset();
      total = newTotal;
    }
  }

  int blobCount() {
    return blobs.size();
  }

  int ingestCount() {
    return ingests.size();
  }

  @Override
  public BlobInfo info(Digest digest) {
    guard.enter();
    return require(digest).info(digest);
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    throw new FailedPreconditionException("update: a raw store keeps no labels");
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) {
    guard.enter();
    blobs.forEach((digest, blob) -> sink.accept(blob.info(digest)));
  }

  /** Does something within the next deletion, before the blob is gone. */
  void onDelete(Runnable action) {
    deletion.set(action);
  }

  @Override
  public void delete(Digest digest) {
    guard.enter();
    require(digest);
    deletion.getAndSet(() -> {}).run();
    blobs.remove(digest);
  }

  private Blob require(Digest digest) {
    Blob blob = blobs.get(digest);
    if (blob == null) {
      throw new NotFoundException("content " + digest + ": not found");
    }
    return blob;
  }

  @Override
  public ContentReader reader(Digest digest) {
    guard.enter();
    byte[] bytes = require(digest).bytes();
    return new ContentReader() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer target, long offset) {
        if (offset >= bytes.length) {
          return -1;
        }
        int count = Math.min(target.remaining(), bytes.length - (int) offset);
        target.put(bytes, (int) offset, count);
        return count;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public IngestStatus status(String ref) {
    guard.enter();
    Ingest ingest = ingests.get(ref);
    if (ingest == null) {
      throw new NotFoundException("ref " + ref + ": not found");
    }
    return status(ref, ingest);
  }

  private static IngestStatus status(String ref, Ingest ingest) {
    return new IngestStatus(
        ref, ingest.content().length, ingest.total, null, ingest.startedAt, ingest.updatedAt);
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) {
    guard.enter();
    return ingests.entrySet().stream()
        .map(entry -> status(entry.getKey(), entry.getValue()))
        .filter(filter::matches)
        .toList();
  }

  @Override
  public void abort(String ref) {
    guard.enter();
    if (ingests.remove(ref) == null) {
      throw new NotFoundException("ref " + ref + ": not found");
    }
  }

  @Override
  public ContentWriter writer(IngestRequest request) {
    guard.enter();
    if (request.expected() != null && blobs.containsKey(request.expected())) {
      throw new AlreadyExistsException("content " + request.expected() + ": already exists");
    }
    Ingest ingest = ingests.computeIfAbsent(request.ref(), ref -> new Ingest());
    if (!ingest.isOpen.compareAndSet(false, true)) {
      throw new UnavailableException("ref " + request.ref() + " locked");
    }
    if (ingest.total == 0) {
      ingest.total = request.total();
    } else if (request.total() != 0 && request.total() != ingest.total) {
      ingest.restart(request.total());
    }
    Digest expected = request.expected();
    return new Writer(request.ref(), ingest, expected == null ? "sha256" : expected.algorithm());
  }

  private final class Writer implements ContentWriter {
    private final String ref;
    private final Ingest ingest;
    private final String algorithm;
    private boolean isClosed;

    Writer(String ref, Ingest ingest, String algorithm) {
      this.ref = ref;
      this.ingest = ingest;
      this.algorithm = algorithm;
    }

    @Override
    public IngestStatus status() {
      return MemoryContent.status(ref, ingest);
    }

    @Override
    public Digest digest() {
      return Digest.of(algorithm, Digest.hasher(algorithm).digest(ingest.content()));
    }

    @Override
    public ContentReader written() {
      guard.enter();
      requireOpen();
      return new ContentReader() {
        @Override
        public long size() {
          return ingest.content().length;
        }

        @Override
        public int read(ByteBuffer target, long offset) {
          byte[] bytes = ingest.content();
          if (offset >= bytes.length) {
            return -1;
          }
          int count = Math.min(target.remaining(), bytes.length - (int) offset);
          target.put(bytes, (int) offset, count);
          return count;
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void write(ByteBuffer bytes) {
      requireOpen();
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      synchronized (ingest) {
        ingest.bytes.writeBytes(copy);
      }
      ingest.updatedAt = Instant.now();
    }

    @Override
    public void truncate(long size) {
      requireOpen();
      if (size != 0) {
        throw new UnimplementedException("truncate " + ref + " to " + size);
      }
      synchronized (ingest) {
        ingest.bytes.reset();
      }
    }

    @Override
    public Digest commit(long size, @Nullable Digest expected, Labels labels) {
      guard.enter();
      requireOpen();
      try {
        byte[] bytes = ingest.content();
        String wanted = expected == null ? algorithm : expected.algorithm();
        Digest digest = Digest.of(wanted, Digest.hasher(wanted).digest(bytes));
        if ((size != 0 && size != bytes.length) || (expected != null && !expected.equals(digest))) {
          throw new FailedPreconditionException(
              "commit %s: unexpected commit digest %s, expected %s"
                  .formatted(ref, digest, expected));
        }
        if (!ingests.remove(ref, ingest)) {
          throw new AbortedException("commit " + ref + ": it was aborted");
        }
        Blob known = blobs.putIfAbsent(digest, new Blob(bytes, Instant.now()));
        guard.leave();
        if (known != null) {
          throw new AlreadyExistsException("content " + digest + ": already exists");
        }
        return digest;
      } finally {
        close();
      }
    }

    private void requireOpen() {
      if (isClosed) {
        throw new FailedPreconditionException("write " + ref + ": it is closed");
      }
    }

    @Override
    public void close() {
      if (!isClosed) {
        isClosed = true;
        ingest.isOpen.set(false);
      }
    }
  }

  /** Makes a blob that no record names, as a crash would leave it. */
  Digest orphan(byte[] bytes) throws IOException {
    Digest digest = Digest.sha256(bytes);
    blobs.put(digest, new Blob(bytes, Instant.now()));
    return digest;
  }
}
