// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** A blob as a stream while it arrives. */
final class ArrivingInput extends InputStream {
  private final Arrival arrival;
  private final int generation;
  private long offset;

  ArrivingInput(Arrival arrival) {
    this.arrival = arrival;
    this.generation = arrival.generation();
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
    int count = arrival.read(ByteBuffer.wrap(bytes, from, length), offset, generation);
    offset += Math.max(count, 0);
    return count;
  }
}
