// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.function.LongConsumer;

/** Tells how much has been read, and ends the reading when the thread is interrupted. */
final class CountedInput extends FilterInputStream {
  private final LongConsumer sink;
  private long count;

  CountedInput(InputStream in, LongConsumer sink) {
    super(in);
    this.sink = sink;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("read layer: canceled");
    }
    int read = in.read(bytes, from, length);
    if (read > 0) {
      count += read;
      sink.accept(count);
    }
    return read;
  }
}
