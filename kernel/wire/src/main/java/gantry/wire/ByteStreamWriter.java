// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.streaming.MessageStream;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;

/**
 * Bytes into a stream of messages, as many as the other side allows. Every write goes out before it
 * returns: put a buffer before it if writes are small. Not safe for concurrent use; closing it
 * closes the stream, from any thread.
 */
public final class ByteStreamWriter extends OutputStream {
  /** Bytes in one message, at most. */
  public static final int CHUNK = 32 << 10;

  private final MessageStream stream;
  private final Duration patience;
  private long allowed;

  /**
   * Writes to a stream.
   *
   * @param patience how long to wait until the other side takes more
   */
  public ByteStreamWriter(MessageStream stream, Duration patience) {
    this.stream = stream;
    this.patience = patience;
  }

  @Override
  public void write(int single) throws IOException {
    write(new byte[] {(byte) single}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    for (int done = 0; done < length; ) {
      awaitWindow();
      int count = (int) Math.min(Math.min(length - done, CHUNK), allowed);
      stream.send(TransferMessageWire.data(bytes, offset + done, count));
      allowed -= count;
      done += count;
    }
  }

  private void awaitWindow() throws IOException {
    while (allowed <= 0) {
      TypedValue message = stream.receive(patience);
      if (message == null) {
        throw new IOException("write to stream: its reader has left");
      }
      allowed += Math.max(TransferMessageWire.window(message), 0);
    }
  }

  @Override
  public void close() {
    stream.close();
  }
}
