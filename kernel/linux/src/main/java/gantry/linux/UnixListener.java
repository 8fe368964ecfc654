// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * A listening unix stream socket held by its descriptor, so that it can be passed to another
 * process, or be used by several channels. Safe for concurrent use.
 */
public final class UnixListener implements AutoCloseable {
  private static final int STREAM = 1;
  private static final int CLOEXEC = 0x80000;
  private static final int NONBLOCK = 0x800;
  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SO_ACCEPTCONN = 30;
  private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

  private final Fd fd;
  private final Path path;

  private UnixListener(Fd fd, Path path) {
    this.fd = fd;
    this.path = path;
  }

  /**
   * Binds a new socket and listens.
   *
   * @param path at most 107 bytes; nothing may be there
   * @param backlog connections that may wait to be accepted; the host's limit applies as well
   */
  public static UnixListener bind(Path path, int backlog) throws IOException {
    UnixAddress address = UnixAddress.of(path.toString());
    Fd fd = new Fd(LibC.check(LibC.socket(UnixAddress.FAMILY, STREAM | CLOEXEC, 0), "make socket"));
    try {
      LibC.check(LibC.bind(fd.number(), address.memory(), address.size()), "bind socket " + path);
      LibC.check(LibC.listen(fd.number(), backlog), "listen on socket " + path);
      return new UnixListener(fd, path);
    } catch (IOException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Takes over a socket that listens; it becomes close-on-exec.
   *
   * @param fd belongs to the result, also if this throws
   * @throws IOException if it is no listening unix stream socket with a path
   */
  public static UnixListener of(Fd fd) throws IOException {
    try (Fd.Use use = fd.use()) {
      String name = UnixAddress.nameOf(use.number());
      if (!name.startsWith("/")
          || option(use, SO_ACCEPTCONN) != 1
          || option(use, SO_TYPE) != STREAM) {
        throw new IOException("take over " + fd + ": no listening unix socket with a path");
      }
      fd.closeOnExec();
      return new UnixListener(fd, Path.of(name));
    } catch (IOException e) {
      fd.close();
      throw e;
    }
  }

  /**
   * Asks who listens at a path, by connecting.
   *
   * @return the process that said last that it listens there, which need not live any more; 0 if it
   *     cannot be seen; empty if nobody listens
   */
  public static OptionalInt owner(Path path) throws IOException {
    UnixAddress address = UnixAddress.of(path.toString());
    try (Fd fd =
        new Fd(
            LibC.check(
                LibC.socket(UnixAddress.FAMILY, STREAM | CLOEXEC | NONBLOCK, 0), "make socket"))) {
      if (LibC.connect(fd.number(), address.memory(), address.size()) == 0) {
        return OptionalInt.of(PeerCredentials.of(fd).pid());
      }
      boolean full = LibC.errno() == Errno.EAGAIN.number();
      return full ? OptionalInt.of(0) : OptionalInt.empty();
    }
  }

  private static int option(Fd.Use socket, int name) throws IOException {
    Memory value = LibC.memory(4);
    LibC.check(
        LibC.getsockopt(socket.number(), SOL_SOCKET, name, value, new IntByReference(4)),
        "read option of socket");
    return value.getInt(0);
  }

  /** What it was bound to. */
  public Path path() {
    return path;
  }

  /** The descriptor, which stays this object's. */
  public Fd fd() {
    return fd;
  }

  /**
   * Listens anew: from now on those who connect see this process as their peer.
   *
   * @param backlog as for {@link #bind}
   */
  public void listen(int backlog) throws IOException {
    try (Fd.Use use = fd.use()) {
      LibC.check(LibC.listen(use.number(), backlog), "listen on socket " + path);
    }
  }

  /**
   * A channel that accepts from this socket and lives on without this object. Its local address is
   * a name that was used only to make it: the JDK takes over no descriptor but 0, so a channel is
   * bound elsewhere and this socket is put under its number.
   */
  public ServerSocketChannel channel() throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try (Fd directory = Fd.open(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), Open.PATH);
        Fd.Use use = fd.use()) {
      // A short name however long the directory's is.
      Path name =
          Path.of("/proc/self/fd/" + directory.number(), "gantry-" + UUID.randomUUID() + ".sock");
      channel.bind(UnixDomainSocketAddress.of(name));
      Files.delete(name);
      LibC.check(
          LibC.dup3(use.number(), number(name), CLOEXEC), "put socket %s in place".formatted(path));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The number of this process's socket of that name. */
  private static int number(Path name) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN_DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        if (isSocket(descriptor)) {
          int number = Integer.parseInt(descriptor.getFileName().toString());
          if (UnixAddress.nameOf(number).equals(name.toString())) {
            return number;
          }
        }
      }
    }
    throw new IOException("find socket " + name + ": it is not among this process's descriptors");
  }

  private static boolean isSocket(Path descriptor) throws IOException {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (NoSuchFileException closedMeanwhile) {
      return false;
    }
  }

  @Override
  public void close() {
    fd.close();
  }
}
