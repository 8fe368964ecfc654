// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.content.ContentReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A blob as a stream. */
final class ContentInput extends InputStream {
  private final ContentReader reader;
  private long offset;

  ContentInput(ContentReader reader) {
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
    int n = reader.read(ByteBuffer.wrap(bytes, from, length), offset);
    if (n > 0) {
      offset += n;
    }
    return n;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
