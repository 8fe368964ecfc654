// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A unix socket on which an OCI runtime hands over the master side of a terminal it made, as {@code
 * SCM_RIGHTS}. Used by one thread at a time.
 */
public final class ConsoleSocket implements AutoCloseable {
  private static final int STREAM_CLOEXEC = 1 | 0x80000;
  private static final int CLOEXEC = 0x80000;

  private final Fd socket;
  private final Path path;

  private ConsoleSocket(Fd socket, Path path) {
    this.socket = socket;
    this.path = path;
  }

  /**
   * Listens.
   *
   * @param path at most 107 bytes; made here and removed by {@link #close}
   */
  public static ConsoleSocket listen(Path path) throws IOException {
    UnixAddress address = UnixAddress.of(path.toString());
    Fd socket =
        new Fd(
            LibC.check(LibC.socket(UnixAddress.FAMILY, STREAM_CLOEXEC, 0), "make console socket"));
    try {
      LibC.check(
          LibC.bind(socket.number(), address.memory(), address.size()), "bind socket " + path);
      LibC.check(LibC.listen(socket.number(), 1), "listen on socket " + path);
      return new ConsoleSocket(socket, path);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Where the runtime is to connect. */
  public Path path() {
    return path;
  }

  /** Waits for the terminal, at most so long for each of connection and message. */
  public Fd receive(Duration timeout) throws IOException {
    await(socket, timeout);
    try (Fd connection =
        new Fd(
            LibC.check(LibC.accept4(socket.number(), null, null, CLOEXEC), "accept on " + path))) {
      await(connection, timeout);
      return receive(connection);
    }
  }

  private void await(Fd fd, Duration timeout) throws IOException {
    if (Poll.await(fd, Poll.READABLE, timeout) == 0) {
      throw ErrnoException.of(Errno.ETIMEDOUT.number(), "receive terminal on " + path);
    }
  }

  private Fd receive(Fd connection) throws IOException {
    List<Fd> descriptors = Rights.receive(connection, 4096, 1).descriptors();
    if (descriptors.isEmpty()) {
      throw new IOException("receive terminal on " + path + ": message has no descriptor");
    }
    return descriptors.getFirst();
  }

  @Override
  public void close() throws IOException {
    socket.close();
    Files.deleteIfExists(path);
  }
}
