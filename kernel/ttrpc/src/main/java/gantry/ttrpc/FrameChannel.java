// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Frames over a connection. One thread receives, any number send; a writer of its own keeps senders
 * from blocking longer than they want when the peer does not read.
 */
final class FrameChannel implements AutoCloseable {
  private static final int QUEUE = 256;
  private static final int SKIP = 1 << 16;

  /** Type of a frame that is not sent but ends the connection behind those before it. */
  private static final byte END = 0;

  private final SocketChannel channel;
  private final BlockingQueue<Frame> outgoing = new ArrayBlockingQueue<>(QUEUE);
  private final Thread writer;
  private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER);
  private volatile boolean closed;
  private volatile boolean refused;

  FrameChannel(SocketChannel channel, String name) {
    this.channel = channel;
    this.writer = Thread.ofVirtual().name(name + "-writer").start(this::write);
  }

  /**
   * Queues a frame.
   *
   * @return false if there was no room for it in that time
   * @throws ClosedChannelException if the connection is closed, or the peer takes no more
   */
  boolean send(Frame frame, Duration timeout) throws IOException, InterruptedException {
    boolean queued = isWritable() && outgoing.offer(frame, timeout.toNanos(), TimeUnit.NANOSECONDS);
    if (!isWritable()) {
      makeRoom();
      throw new ClosedChannelException();
    }
    return queued;
  }

  /** Whether frames are still taken. */
  boolean isWritable() {
    return !closed && !refused;
  }

  /** Waits for the next frame; one that is too long comes without its payload. */
  Frame receive() throws IOException {
    fill(header.clear());
    header.flip();
    int length = header.getInt();
    int stream = header.getInt();
    byte type = header.get();
    byte flags = header.get();
    if (Integer.compareUnsigned(length, Frame.LIMIT) > 0) {
      skip(Integer.toUnsignedLong(length));
      return new Frame(stream, type, flags, length, ByteString.EMPTY);
    }
    byte[] payload = new byte[length];
    fill(ByteBuffer.wrap(payload));
    return new Frame(stream, type, flags, length, UnsafeByteOperations.unsafeWrap(payload));
  }

  private void skip(long length) throws IOException {
    ByteBuffer waste = ByteBuffer.allocate(SKIP);
    for (long left = length; left > 0; left -= waste.position()) {
      waste.clear().limit((int) Math.min(left, SKIP));
      fill(waste);
    }
  }

  private void fill(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("connection closed by peer");
      }
    }
  }

  private void write() {
    try {
      while (!closed) {
        Frame frame = outgoing.take();
        if (frame.type() == END) {
          close();
          return;
        }
        int length = frame.payload().size();
        ByteBuffer buffer = ByteBuffer.allocate(Frame.HEADER + length);
        buffer.putInt(length).putInt(frame.stream()).put(frame.type()).put(frame.flags());
        frame.payload().copyTo(buffer);
        buffer.flip();
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    } catch (IOException e) {
      // a peer that takes no more may still answer; the receiving side sees the end and reports it
      refused = true;
      makeRoom();
    } catch (InterruptedException e) {
      close();
    }
  }

  /**
   * Receives no more: {@link #receive} throws, and what the peer sends from now on is refused or
   * goes unread; it was not begun in either case.
   */
  void stopReceiving() throws IOException {
    channel.shutdownInput();
  }

  /** Closes once everything that was queued is sent. */
  void closeWhenSent(Duration timeout) throws IOException, InterruptedException {
    boolean queued = false;
    try {
      queued = send(Frame.of(0, END, ByteString.EMPTY), timeout);
    } finally {
      if (!queued) {
        close();
      }
    }
  }

  /** Waits until nothing more can be sent, for whatever reason; false if it is not in time. */
  boolean awaitClosed(Duration timeout) throws InterruptedException {
    return writer.join(timeout);
  }

  /** Waits until nothing more can be sent, for whatever reason. */
  void awaitClosed() throws InterruptedException {
    writer.join();
  }

  /** Nothing is sent any more: whoever waits for room shall wake up and see that. */
  private void makeRoom() {
    outgoing.clear();
  }

  @Override
  public void close() {
    closed = true;
    makeRoom();
    writer.interrupt();
    try {
      channel.close();
    } catch (IOException e) {
      // nothing was to be kept: whoever used it has seen it end
      return;
    }
  }
}
