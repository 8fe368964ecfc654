// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** A body of a known length: it fails when fewer or more bytes come. */
final class ExactBody extends InputStream {
  private final InputStream in;
  private final String host;
  private final long length;
  private long left;

  ExactBody(InputStream in, String host, long length) {
    this.in = in;
    this.host = host;
    this.length = length;
    left = length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    int n = read(one, 0, 1);
    return n < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int count) throws IOException {
    int n = in.read(buffer, offset, count);
    if (n < 0 && left > 0) {
      throw new EOFException(
          "read from %s: body ended after %d of %d bytes; try again"
              .formatted(host, length - left, length));
    }
    if (n > left) {
      throw new IOException(
          "read from %s: body is longer than the %d bytes it should have".formatted(host, length));
    }
    left -= Math.max(n, 0);
    return n;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
