// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blobs in memory. */
final class MemoryContent implements ContentStore {
  final Map<Digest, byte[]> blobs = new HashMap<>();
  final Map<Digest, Labels> labels = new HashMap<>();
  final Map<String, ByteArrayOutputStream> ingests = new HashMap<>();

  @Override
  public BlobInfo info(Digest digest) {
    return new BlobInfo(
        digest,
        bytes(digest).length,
        Instant.EPOCH,
        Instant.EPOCH,
        labels.getOrDefault(digest, Labels.none()));
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    bytes(info.digest());
    labels.merge(info.digest(), info.labels(), (old, more) -> old.withAll(more.map()));
    return info(info.digest());
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) {
    blobs.keySet().stream().map(this::info).filter(filter::matches).forEach(sink);
  }

  @Override
  public void delete(Digest digest) {
    blobs.remove(digest);
  }

  @Override
  public ContentReader reader(Digest digest) {
    return new Reader(bytes(digest));
  }

  @Override
  public IngestStatus status(String ref) {
    ByteArrayOutputStream ingest = ingests.get(ref);
    if (ingest == null) {
      throw new NotFoundException("ingest %s: not found".formatted(ref));
    }
    return new IngestStatus(ref, ingest.size(), 0, null, Instant.EPOCH, Instant.EPOCH);
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) {
    return ingests.keySet().stream().map(this::status).toList();
  }

  @Override
  public void abort(String ref) {
    if (ingests.remove(ref) == null) {
      throw new NotFoundException("ingest %s: not found".formatted(ref));
    }
  }

  @Override
  public ContentWriter writer(IngestRequest request) {
    if (request.expected() != null && blobs.containsKey(request.expected())) {
      throw new AlreadyExistsException("content %s: already exists".formatted(request.expected()));
    }
    return new Writer(
        request, ingests.computeIfAbsent(request.ref(), ref -> new ByteArrayOutputStream()));
  }

  private byte[] bytes(Digest digest) {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new NotFoundException("content %s: not found".formatted(digest));
    }
    return bytes;
  }

  private static final class Reader implements ContentReader {
    private final byte[] bytes;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long size() {
      return bytes.length;
    }

    @Override
    public int read(ByteBuffer target, long offset) {
      if (offset >= bytes.length) {
        return -1;
      }
      int count = (int) Math.min(target.remaining(), bytes.length - offset);
      target.put(bytes, (int) offset, count);
      return count;
    }

    @Override
    public void close() {}
  }

  private final class Writer implements ContentWriter {
    private final IngestRequest request;
    private final ByteArrayOutputStream ingest;

    Writer(IngestRequest request, ByteArrayOutputStream ingest) {
      this.request = request;
      this.ingest = ingest;
    }

    @Override
    public IngestStatus status() {
      return MemoryContent.this.status(request.ref());
    }

    @Override
    public Digest digest() {
      return Digest.sha256(ingest.toByteArray());
    }

    @Override
    public void write(ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      ingest.writeBytes(copy);
    }

    @Override
    public void truncate(long size) {
      ingest.reset();
    }

    @Override
    public Digest commit(long size, @Nullable Digest expected, Labels added) {
      byte[] bytes = ingest.toByteArray();
      Digest digest = Digest.sha256(bytes);
      if ((size > 0 && size != bytes.length) || (expected != null && !expected.equals(digest))) {
        throw new FailedPreconditionException(
            "commit %s: unexpected commit digest %s".formatted(request.ref(), digest));
      }
      ingests.remove(request.ref());
      if (blobs.putIfAbsent(digest, bytes) != null) {
        throw new AlreadyExistsException("content %s: already exists".formatted(digest));
      }
      labels.put(digest, added);
      return digest;
    }

    @Override
    public void close() {}
  }
}
