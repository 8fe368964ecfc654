// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * A blob as a stream, from its beginning. It closes the reader with itself. Not for concurrent use.
 */
public final class ContentInputStream extends InputStream {
  private final ContentReader reader;
  private long offset;

  /** Takes the reader over. */
  public ContentInputStream(ContentReader reader) {
    this.reader = reader;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int count = reader.read(ByteBuffer.wrap(bytes, from, length), offset);
    offset += Math.max(count, 0);
    return count;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
