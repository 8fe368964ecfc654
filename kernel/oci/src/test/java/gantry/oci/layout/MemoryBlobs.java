// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.content.BlobInfo;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Blobs in memory. */
public final class MemoryBlobs implements BlobStore {
  private final Map<Digest, byte[]> blobs = new LinkedHashMap<>();
  private final Map<Digest, Labels> labels = new LinkedHashMap<>();
  private int open;

  /** How many are stored. */
  public int size() {
    return blobs.size();
  }

  /** How many writers are neither committed nor closed. */
  public int open() {
    return open;
  }

  /** Lets a blob have other bytes than its digest says. */
  public void damage(Digest digest, byte[] bytes) {
    blobs.put(digest, bytes);
  }

  /** Loses a blob. */
  public void remove(Digest digest) {
    blobs.remove(digest);
  }

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
  public InputStream open(Digest digest) {
    return new ByteArrayInputStream(bytes(digest));
  }

  @Override
  public BlobWriter writer(long size, @Nullable Digest expected) {
    return new Writer(size, expected);
  }

  @Override
  public void label(Digest digest, Map<String, String> more) {
    labels.merge(digest, Labels.of(more), (old, added) -> old.withAll(added.map()));
  }

  private byte[] bytes(Digest digest) {
    byte[] bytes = blobs.get(digest);
    if (bytes == null) {
      throw new NotFoundException("content %s: not found".formatted(digest));
    }
    return bytes;
  }

  private final class Writer implements BlobWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final long size;
    private final @Nullable Digest expected;
    private boolean ended;

    Writer(long size, @Nullable Digest expected) {
      this.size = size;
      this.expected = expected;
      open++;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
    }

    @Override
    public Digest commit(Labels added) {
      Digest digest = Digest.sha256(bytes.toByteArray());
      if (expected != null && !expected.equals(digest)) {
        throw new InvalidArgumentException("unexpected digest " + digest);
      }
      if (size > 0 && size != bytes.size()) {
        throw new InvalidArgumentException("unexpected size " + bytes.size());
      }
      blobs.put(digest, bytes.toByteArray());
      label(digest, added.map());
      end();
      return digest;
    }

    @Override
    public void close() {
      end();
    }

    private void end() {
      if (!ended) {
        ended = true;
        open--;
      }
    }
  }
}
