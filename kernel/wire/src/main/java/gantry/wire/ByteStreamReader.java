// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.streaming.MessageStream;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * Bytes out of a stream of messages. The other side sends no more than it was allowed to, so that
 * no more than twice {@link #WINDOW} bytes are under way. Not safe for concurrent use; closing it
 * closes the stream, from any thread.
 */
public final class ByteStreamReader extends InputStream {
  /** What the other side may send at least before it must wait, bytes. */
  public static final int WINDOW = 64 << 10;

  private final MessageStream stream;
  private final Duration patience;
  private ByteBuffer current = ByteBuffer.allocate(0);
  private long granted;
  private boolean ended;

  /**
   * Reads a stream.
   *
   * @param patience how long to wait for the next bytes
   */
  public ByteStreamReader(MessageStream stream, Duration patience) {
    this.stream = stream;
    this.patience = patience;
  }

  @Override
  public int read() throws IOException {
    return fill() ? current.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, current.remaining());
    current.get(into, offset, count);
    return count;
  }

  @Override
  public int available() {
    return current.remaining();
  }

  private boolean fill() throws IOException {
    while (!current.hasRemaining() && !ended) {
      if (granted < WINDOW) {
        grant();
      }
      TypedValue message = stream.receive(patience);
      if (message == null) {
        ended = true;
      } else {
        current = TransferMessageWire.data(message).asReadOnlyByteBuffer();
        granted -= current.remaining();
      }
    }
    return current.hasRemaining();
  }

  /** One who has sent all may be gone already and needs no window; receiving tells how it went. */
  private void grant() {
    granted += WINDOW;
    try {
      stream.send(TransferMessageWire.window(WINDOW));
    } catch (IOException gone) {
      granted = Long.MAX_VALUE;
    }
  }

  @Override
  public void close() {
    ended = true;
    stream.close();
  }
}
