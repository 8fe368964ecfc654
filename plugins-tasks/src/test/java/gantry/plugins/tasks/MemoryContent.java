// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

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
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Blobs in memory; only what checkpoints need. */
final class MemoryContent implements ContentStore {
  final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();

  /** Those that have neither become blobs nor been dropped. */
  final Set<String> ingests = ConcurrentHashMap.newKeySet();

  @Override
  public ContentReader reader(Digest digest) {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new NotFoundException("content %s: not found".formatted(digest));
    }
    return new ContentReader() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public int read(ByteBuffer target, long offset) {
        int count = (int) Math.min(target.remaining(), bytes.length - offset);
        if (count <= 0) {
          return -1;
        }
        target.put(bytes, (int) offset, count);
        return count;
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public ContentWriter writer(IngestRequest request) {
    ingests.add(request.ref());
    return new Writer(request.ref());
  }

  @Override
  public void abort(String ref) {
    ingests.remove(ref);
  }

  private final class Writer implements ContentWriter {
    private final String ref;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Writer(String ref) {
      this.ref = ref;
    }

    @Override
    public IngestStatus status() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Digest digest() {
      return Digest.sha256(bytes.toByteArray());
    }

    @Override
    public void write(ByteBuffer more) {
      byte[] copy = new byte[more.remaining()];
      more.get(copy);
      bytes.writeBytes(copy);
    }

    @Override
    public void truncate(long size) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Digest commit(long size, @Nullable Digest expected, Labels labels) {
      ingests.remove(ref);
      if (blobs.putIfAbsent(digest(), bytes.toByteArray()) != null) {
        throw new AlreadyExistsException("content %s: already exists".formatted(digest()));
      }
      return digest();
    }

    @Override
    public void close() {}
  }

  @Override
  public BlobInfo info(Digest digest) {
    throw new UnsupportedOperationException();
  }

  @Override
  public BlobInfo update(BlobInfo info, FieldPaths paths) {
    throw new UnsupportedOperationException();
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
}
