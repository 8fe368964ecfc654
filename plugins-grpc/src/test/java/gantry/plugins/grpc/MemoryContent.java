// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A content store in memory, as strict as the contract. */
final class MemoryContent implements ContentStore {
  static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");

  final Map<Digest, byte[]> blobs = new TreeMap<>();
  final Map<Digest, Labels> labels = new TreeMap<>();
  final Map<String, ByteArrayOutputStream> ingests = new TreeMap<>();
  final Set<String> open = new HashSet<>();

  /** Writers opened under another version than this do nothing but close. */
  final AtomicInteger version = new AtomicInteger();

  Digest add(byte[] bytes) {
    Digest digest = Digest.sha256(bytes);
    blobs.put(digest, bytes);
    return digest;
  }

  @Override
  public synchronized BlobInfo info(Digest digest) {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new NotFoundException("content " + digest);
    }
    return new BlobInfo(digest, bytes.length, AT, AT, labels.getOrDefault(digest, Labels.none()));
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    labels.put(info.digest(), info.labels());
    return info(info.digest());
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) {
    blobs.keySet().stream().map(this::info).filter(filter::matches).forEach(sink);
  }

  @Override
  public void delete(Digest digest) {
    info(digest);
    blobs.remove(digest);
  }

  @Override
  public ContentReader reader(Digest digest) {
    info(digest);
    byte[] bytes = blobs.getOrDefault(digest, new byte[0]);
    return new ContentReader() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer target, long offset) {
        int length = (int) Math.min(Math.min(target.remaining(), 1000), bytes.length - offset);
        if (length <= 0) {
          return -1;
        }
        target.put(bytes, (int) offset, length);
        return length;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public IngestStatus status(String ref) {
    ByteArrayOutputStream ingest = ingests.get(ref);
    if (ingest == null) {
      throw new NotFoundException("ingest " + ref);
    }
    return new IngestStatus(ref, ingest.size(), 0, null, AT, AT);
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) {
    return ingests.keySet().stream().map(this::status).filter(filter::matches).toList();
  }

  @Override
  public synchronized void abort(String ref) {
    if (ingests.remove(ref) == null) {
      throw new NotFoundException("ingest " + ref);
    }
  }

  @Override
  public synchronized ContentWriter writer(IngestRequest request) {
    Digest expected = request.expected();
    if (expected != null && blobs.containsKey(expected)) {
      throw new AlreadyExistsException("content " + expected);
    }
    if (!open.add(request.ref())) {
      throw new UnavailableException("ref " + request.ref() + " locked");
    }
    ingests.computeIfAbsent(request.ref(), ref -> new ByteArrayOutputStream());
    return new Writer(request.ref());
  }

  private final class Writer implements ContentWriter {
    private final String ref;
    private final int openedBy = version.get();

    Writer(String ref) {
      this.ref = ref;
    }

    private byte[] bytes() {
      requireVersion();
      return ingests.getOrDefault(ref, new ByteArrayOutputStream()).toByteArray();
    }

    private void requireVersion() {
      if (openedBy != version.get()) {
        throw new IllegalStateException("the version that opened " + ref + " is gone");
      }
    }

    @Override
    public IngestStatus status() {
      requireVersion();
      return MemoryContent.this.status(ref);
    }

    @Override
    public Digest digest() {
      return Digest.sha256(bytes());
    }

    @Override
    public void write(ByteBuffer bytes) {
      requireVersion();
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      ingests.getOrDefault(ref, new ByteArrayOutputStream()).writeBytes(copy);
    }

    @Override
    public void truncate(long size) {
      ingests.put(ref, new ByteArrayOutputStream());
    }

    @Override
    public Digest commit(long size, @Nullable Digest expected, Labels given) {
      byte[] bytes = bytes();
      if (size > 0 && size != bytes.length) {
        throw new FailedPreconditionException("size " + bytes.length + ", expected " + size);
      }
      if (expected != null && !expected.equals(digest())) {
        throw new FailedPreconditionException("digest " + digest() + ", expected " + expected);
      }
      ingests.remove(ref);
      Digest digest = add(bytes);
      labels.put(digest, given);
      return digest;
    }

    @Override
    public void close() {
      open.remove(ref);
    }
  }
}
