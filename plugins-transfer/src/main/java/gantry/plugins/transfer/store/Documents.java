// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.store;

import gantry.content.ContentReader;
import gantry.errors.DataLossException;
import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The small blobs that say what an image is made of. */
public final class Documents {
  /** Bytes a document may have; the largest in use have some hundred thousand. */
  public static final int MAX = 8 << 20;

  private Documents() {}

  /**
   * Refuses one that is too large to be looked into.
   *
   * @throws InvalidArgumentException if it is
   */
  public static void requireSmall(Descriptor descriptor) {
    if (descriptor.size() > MAX) {
      throw new InvalidArgumentException(
          "read %s %s: %d bytes are more than the %d a document may have"
              .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size(), MAX));
    }
  }

  /**
   * Reads one from the store.
   *
   * @throws gantry.errors.NotFoundException if it is not there
   * @throws InvalidArgumentException if it is too large
   */
  public static byte[] read(CallerStore store, Descriptor descriptor) throws IOException {
    try (ContentReader reader = store.content(content -> content.reader(descriptor.digest()))) {
      requireSmall(Descriptor.of(descriptor.mediaType(), descriptor.digest(), reader.size()));
      ByteBuffer bytes = ByteBuffer.allocate((int) reader.size());
      while (bytes.hasRemaining()) {
        if (reader.read(bytes, bytes.position()) < 0) {
          throw new DataLossException(
              "read %s: it ends after %d of %d bytes"
                  .formatted(descriptor.digest(), bytes.position(), reader.size()));
        }
      }
      return bytes.array();
    }
  }
}
