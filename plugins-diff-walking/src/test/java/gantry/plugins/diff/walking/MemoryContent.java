// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.containers.Containers;
import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.namespaces.Namespaces;
import gantry.oci.Digest;
import gantry.snapshots.Snapshotter;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blobs in memory, the same for every caller; only what a differ needs. */
final class MemoryContent implements ContentStore, Metadata, Scope {
  final Map<Digest, byte[]> blobs = new HashMap<>();
  final Map<Digest, Labels> labels = new HashMap<>();
  final Map<String, ByteArrayOutputStream> ingests = new HashMap<>();

  Digest add(byte[] bytes) {
    Digest digest = Digest.sha256(bytes);
    blobs.put(digest, bytes);
    labels.put(digest, Labels.none());
    return digest;
  }

  @Override
  public Scope in(Caller caller) {
    return this;
  }

  @Override
  public ContentStore content() {
    return this;
  }

  @Override
  public BlobInfo info(Digest digest) {
    Labels known = labels.get(digest);
    if (known == null) {
      throw new NotFoundException("content %s: not found".formatted(digest));
    }
    return new BlobInfo(digest, bytes(digest).length, Instant.EPOCH, Instant.EPOCH, known);
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    labels.put(info.digest(), info.labels());
    return info;
  }

  @Override
  public ContentReader reader(Digest digest) {
    byte[] bytes = bytes(digest);
    return new ContentReader() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer target, long offset) {
        int n = (int) Math.min(target.remaining(), bytes.length - offset);
        if (n <= 0) {
          return -1;
        }
        target.put(bytes, (int) offset, n);
        return n;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public ContentWriter writer(IngestRequest request) {
    ByteArrayOutputStream ingest =
        ingests.computeIfAbsent(request.ref(), ref -> new ByteArrayOutputStream());
    return new Writer(request.ref(), ingest);
  }

  @Override
  public void abort(String ref) {
    ingests.remove(ref);
  }

  private byte[] bytes(Digest digest) {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new NotFoundException("content %s: not found".formatted(digest));
    }
    return bytes;
  }

  private final class Writer implements ContentWriter {
    private final String ref;
    private final ByteArrayOutputStream ingest;

    Writer(String ref, ByteArrayOutputStream ingest) {
      this.ref = ref;
      this.ingest = ingest;
    }

    @Override
    public IngestStatus status() {
      return new IngestStatus(ref, ingest.size(), 0, null, Instant.EPOCH, Instant.EPOCH);
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
    public Digest commit(long size, @Nullable Digest expected, Labels given) {
      ingests.remove(ref);
      Digest digest = Digest.sha256(ingest.toByteArray());
      if (blobs.containsKey(digest)) {
        throw new AlreadyExistsException("content %s: already exists".formatted(digest));
      }
      add(ingest.toByteArray());
      labels.put(digest, given);
      return digest;
    }

    @Override
    public void close() {}
  }

  @Override
  public void walk(Filter filter, Consumer<BlobInfo> sink) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(Digest digest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public IngestStatus status(String ref) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<IngestStatus> statuses(Filter filter) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Namespaces namespaces() {
    throw new UnsupportedOperationException();
  }

  @Override
  public GcStats collect() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Changes changes() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Snapshotter snapshotter(String name) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Images images() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Containers containers() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Leases leases() {
    throw new UnsupportedOperationException();
  }
}
