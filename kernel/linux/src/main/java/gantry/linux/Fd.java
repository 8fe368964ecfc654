// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A file descriptor that is owned: closing this closes it, exactly once. Closing while another
 * thread is in a call defers the close until that call returns, so the number is never reused under
 * it. Safe for concurrent use.
 */
public final class Fd implements AutoCloseable {
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_SETFD = 2;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final int O_NONBLOCK = 0x800;

  private final int number;
  private int users;
  private boolean closed;

  Fd(int number) {
    this.number = number;
  }

  /** Opens a file; a new one gets the mode, less the umask. Close-on-exec. */
  public static Fd open(Path path, int mode, Open... options) throws IOException {
    int fd;
    do {
      fd = LibC.open(LibC.string(path.toString()), Open.flags(options), mode);
    } while (fd < 0 && LibC.errno() == Errno.EINTR.number());
    return new Fd(LibC.check(fd, "open " + path));
  }

  /** Opens an existing file. */
  public static Fd open(Path path, Open... options) throws IOException {
    return open(path, 0, options);
  }

  /**
   * Takes over a descriptor this process was started with.
   *
   * @param number 0 or more; nobody else may close it
   */
  public static Fd inherited(int number) {
    return new Fd(number);
  }

  /** The number, for as long as this is open. */
  public int number() {
    return number;
  }

  /**
   * Reads at most {@code length} bytes.
   *
   * @return how many, -1 at the end
   * @throws ErrnoException with {@link Errno#EAGAIN} if it is non-blocking and has nothing
   */
  public int read(byte[] buffer, int offset, int length) throws IOException {
    byte[] bytes = offset == 0 ? buffer : new byte[length];
    long count = retry("read", () -> LibC.read(number, bytes, length));
    if (offset != 0 && count > 0) {
      System.arraycopy(bytes, 0, buffer, offset, (int) count);
    }
    return count == 0 && length > 0 ? -1 : (int) count;
  }

  /** Writes at most {@code length} bytes and returns how many it were. */
  public int write(byte[] buffer, int offset, int length) throws IOException {
    byte[] bytes = offset == 0 ? buffer : Arrays.copyOfRange(buffer, offset, offset + length);
    return (int) retry("write", () -> LibC.write(number, bytes, length));
  }

  /** Makes calls on the open file return at once, or wait; also for others who share it. */
  public void nonBlocking(boolean on) throws IOException {
    try (Use use = use()) {
      int flags = LibC.check(LibC.fcntl(use.number(), F_GETFL, 0), "read flags of descriptor");
      int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
      LibC.check(LibC.fcntl(use.number(), F_SETFL, wanted), "set flags of descriptor");
    }
  }

  /** Keeps it from programs this process starts or becomes, as every one opened here is. */
  public void closeOnExec() throws IOException {
    closeOnExec(1);
  }

  /** Lets what this process becomes, {@link Processes#become}, have it under the same number. */
  public void keepOnExec() throws IOException {
    closeOnExec(0);
  }

  private void closeOnExec(int flag) throws IOException {
    try (Use use = use()) {
      LibC.check(LibC.fcntl(use.number(), F_SETFD, flag), "set close-on-exec of descriptor");
    }
  }

  /** Whether it has not been closed. */
  public synchronized boolean isOpen() {
    return !closed;
  }

  /** A second descriptor for the same open file. */
  public Fd duplicate() throws IOException {
    return duplicate(0);
  }

  /** A second descriptor whose number is at least that. */
  Fd duplicate(int lowest) throws IOException {
    try (Use use = use()) {
      return new Fd(
          LibC.check(LibC.fcntl(use.number(), F_DUPFD_CLOEXEC, lowest), "duplicate descriptor"));
    }
  }

  /** A view as a channel; closing it closes this. */
  public ByteChannel channel() {
    return new FdChannel(this);
  }

  /** Keeps the number valid until the result is closed. */
  Use use() throws ClosedChannelException {
    synchronized (this) {
      if (closed) {
        throw new ClosedChannelException();
      }
      users++;
    }
    return new Use();
  }

  private long retry(String what, Call call) throws IOException {
    try (Use use = use()) {
      while (true) {
        long result = call.run();
        if (result >= 0) {
          return result;
        }
        if (LibC.errno() != Errno.EINTR.number()) {
          throw LibC.failure(what + " descriptor " + use.number());
        }
      }
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (users > 0) {
        return;
      }
    }
    LibC.close(number);
  }

  @Override
  public String toString() {
    return "fd " + number;
  }

  @FunctionalInterface
  private interface Call {
    long run();
  }

  /** A call in progress. */
  final class Use implements AutoCloseable {
    int number() {
      return number;
    }

    @Override
    public void close() {
      synchronized (Fd.this) {
        users--;
        if (!closed || users > 0) {
          return;
        }
      }
      LibC.close(number);
    }
  }

  private record FdChannel(Fd fd) implements ByteChannel {
    @Override
    public int read(ByteBuffer target) throws IOException {
      byte[] bytes = new byte[Math.min(target.remaining(), 1 << 16)];
      int count = fd.read(bytes, 0, bytes.length);
      if (count > 0) {
        target.put(bytes, 0, count);
      }
      return count;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      byte[] bytes = new byte[Math.min(source.remaining(), 1 << 16)];
      source.get(source.position(), bytes);
      int count = fd.write(bytes, 0, bytes.length);
      source.position(source.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return fd.isOpen();
    }

    @Override
    public void close() {
      fd.close();
    }
  }
}
