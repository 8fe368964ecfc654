// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.InvalidArgumentException;
import gantry.oci.tar.TarReader;
import java.io.IOException;

/** Gathers the small pieces of a tar reader into writes of a good size. */
final class BlobSink implements TarReader.ContentSink {
  private static final int CHUNK = 256 * 1024;

  private final String name;
  private final BlobWriter writer;
  private final byte[] chunk = new byte[CHUNK];
  private int filled;

  BlobSink(String name, BlobWriter writer) {
    this.name = name;
    this.writer = writer;
  }

  @Override
  public void data(byte[] bytes, int offset, int length) throws IOException {
    if (filled == 0 && length >= CHUNK) {
      writer.write(bytes, offset, length);
      return;
    }
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, CHUNK - filled);
      System.arraycopy(bytes, offset + done, chunk, filled, count);
      filled += count;
      done += count;
      if (filled == CHUNK) {
        flush();
      }
    }
  }

  /** A few bytes of a sparse map could make blobs of any length. */
  @Override
  public void hole(long length) {
    throw new InvalidArgumentException(
        "import: \"%s\" is a sparse file of the archive, which is not taken".formatted(name));
  }

  void flush() throws IOException {
    if (filled > 0) {
      writer.write(chunk, 0, filled);
      filled = 0;
    }
  }
}
