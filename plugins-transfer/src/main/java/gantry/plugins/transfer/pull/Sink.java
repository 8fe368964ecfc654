// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.content.ContentWriter;
import gantry.plugins.transfer.tasks.Claim;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a blob go, in their order. Not for concurrent use. */
final class Sink {
  private final ContentWriter writer;
  private final Arrival arrival;
  private final Claim claim;
  private long offset;

  Sink(ContentWriter writer, long offset, Arrival arrival, Claim claim) {
    this.writer = writer;
    this.offset = offset;
    this.arrival = arrival;
    this.claim = claim;
    claim.moved(offset);
  }

  /** How many bytes of the blob are there. */
  long offset() {
    return offset;
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it, it is only polite
  void write(byte[] bytes, int count) throws IOException {
    writer.write(ByteBuffer.wrap(bytes, 0, count));
    offset += count;
    claim.moved(offset);
    arrival.publish(offset);
    // Hashing never waits, and a virtual thread that never waits keeps its carrier.
    Thread.yield();
  }
}
