// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.oci.layout.BlobWriter;
import gantry.plugins.transfer.store.CallerStore;
import java.io.IOException;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A blob the store has already. What comes is compared all the same: an archive that lies about one
 * blob is not to be trusted with the others.
 */
final class PresentBlob implements BlobWriter {
  private final CallerStore store;
  private final Digest digest;
  private final long size;
  private final @Nullable BlobWriter shared;
  private final MessageDigest hash;
  private long written;

  /**
   * A blob that is there.
   *
   * @param shared what makes it this namespace's too, or null if it is
   */
  PresentBlob(CallerStore store, Digest digest, long size, @Nullable BlobWriter shared) {
    this.store = store;
    this.digest = digest;
    this.size = size;
    this.shared = shared;
    this.hash = Digest.hasher(digest.algorithm());
    if (shared == null) {
      store.keep(digest);
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    hash.update(bytes, offset, length);
    written += length;
  }

  @Override
  public Digest commit(Labels labels) throws IOException {
    Digest found = Digest.of(digest.algorithm(), hash.digest());
    if (!found.equals(digest) || (size > 0 && written != size)) {
      throw new InvalidArgumentException(
          "%d bytes with digest %s, expected %s: unexpected digest"
              .formatted(written, found, digest));
    }
    if (shared != null) {
      return shared.commit(labels);
    }
    store.label(digest, labels.map());
    return digest;
  }

  @Override
  public void close() throws IOException {
    if (shared != null) {
      shared.close();
    }
  }
}
