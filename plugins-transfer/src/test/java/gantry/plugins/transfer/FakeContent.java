// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

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
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Content with labels in memory. */
final class FakeContent implements ContentStore {
  final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
  final Map<String, Bytes> ingests = new ConcurrentHashMap<>();
  private final Map<Digest, Labels> labels = new ConcurrentHashMap<>();

  /** Bytes that grow. */
  static final class Bytes {
    private final AtomicBoolean isOpen = new AtomicBoolean();
    private byte[] bytes = new byte[1 << 16];
    private int size;

    synchronized byte[] get() {
      return Arrays.copyOf(bytes, size);
    }

    synchronized int size() {
      return size;
    }

    synchronized int read(ByteBuffer target, long offset) {
      if (offset >= size) {
        return -1;
      }
      int count = Math.min(target.remaining(), size - (int) offset);
      target.put(bytes, (int) offset, count);
      return count;
    }

    synchronized void add(ByteBuffer more) {
      int count = more.remaining();
      if (size + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + count));
      }
      more.get(bytes, size, count);
      size += count;
    }

    synchronized void clear() {
      size = 0;
    }

    static Bytes of(byte[] all) {
      Bytes made = new Bytes();
      made.add(ByteBuffer.wrap(all));
      return made;
    }
  }

  void put(byte[] bytes) {
    blobs.put(Digest.sha256(bytes), bytes);
  }

  Labels labels(Digest digest) {
    return labels.getOrDefault(digest, Labels.none());
  }

  @Override
  public BlobInfo info(Digest digest) {
    byte[] bytes = require(digest);
    return new BlobInfo(digest, bytes.length, Instant.EPOCH, Instant.EPOCH, labels(digest));
  }

  private byte[] require(Digest digest) {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new NotFoundException("content " + digest + ": not found");
    }
    return bytes;
  }

  @Override
  public synchronized BlobInfo update(BlobInfo info, FieldPaths paths) {
    require(info.digest());
    labels.put(info.digest(), labels(info.digest()).withAll(info.labels().map()));
    return info(info.digest());
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) {
    blobs.keySet().forEach(digest -> sink.accept(info(digest)));
  }

  @Override
  public void delete(Digest digest) {
    require(digest);
    blobs.remove(digest);
  }

  @Override
  public ContentReader reader(Digest digest) {
    byte[] bytes = require(digest);
    return new Reader(Bytes.of(bytes));
  }

  private record Reader(Bytes source) implements ContentReader {
    @Override
    public long size() {
      return source.size();
    }

    @Override
    public int read(ByteBuffer target, long offset) {
      return source.read(target, offset);
    }

    @Override
    public void close() {}
  }

  @Override
  public IngestStatus status(String ref) {
    Bytes ingest = ingests.get(ref);
    if (ingest == null) {
      throw new NotFoundException("ingest " + ref + ": not found");
    }
    return status(ref, ingest);
  }

  private static IngestStatus status(String ref, Bytes ingest) {
    return new IngestStatus(ref, ingest.size(), 0, null, Instant.EPOCH, Instant.EPOCH);
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) {
    return ingests.keySet().stream().map(this::status).filter(filter::matches).toList();
  }

  @Override
  public void abort(String ref) {
    if (ingests.remove(ref) == null) {
      throw new NotFoundException("ingest " + ref + ": not found");
    }
  }

  @Override
  public ContentWriter writer(IngestRequest request) {
    if (request.expected() != null && blobs.containsKey(request.expected())) {
      throw new AlreadyExistsException("content " + request.expected() + ": already exists");
    }
    Bytes ingest = ingests.computeIfAbsent(request.ref(), ref -> new Bytes());
    if (!ingest.isOpen.compareAndSet(false, true)) {
      throw new UnavailableException("ref " + request.ref() + " locked");
    }
    return new Writer(request.ref(), ingest);
  }

  private final class Writer implements ContentWriter {
    private final String ref;
    private final Bytes ingest;

    Writer(String ref, Bytes ingest) {
      this.ref = ref;
      this.ingest = ingest;
    }

    @Override
    public IngestStatus status() {
      return FakeContent.status(ref, ingest);
    }

    @Override
    public Digest digest() {
      return Digest.sha256(ingest.get());
    }

    @Override
    public ContentReader written() {
      return new Reader(ingest);
    }

    @Override
    public void write(ByteBuffer bytes) {
      ingest.add(bytes);
    }

    @Override
    public void truncate(long size) {
      ingest.clear();
    }

    @Override
    public Digest commit(long size, @Nullable Digest expected, Labels wanted) {
      close();
      byte[] bytes = ingest.get();
      Digest digest = Digest.sha256(bytes);
      if ((size > 0 && size != bytes.length) || (expected != null && !expected.equals(digest))) {
        throw new FailedPreconditionException(
            "unexpected commit digest %s, expected %s".formatted(digest, expected));
      }
      labels.put(digest, wanted);
      blobs.put(digest, bytes);
      ingests.remove(ref);
      return digest;
    }

    @Override
    public void close() {
      ingest.isOpen.set(false);
    }
  }
}
