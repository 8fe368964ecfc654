// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/** Connects to unix stream sockets, also to those whose name is abstract, {@code unix(7)}. */
public final class UnixConnector {
  private static final int STREAM = 1;
  private static final int CLOEXEC = 0x80000;
  private static final Path OWN_DESCRIPTORS = Path.of("/proc/self/fd");

  private UnixConnector() {}

  /**
   * Connects.
   *
   * @param name an absolute path, or {@code @} and an abstract name; at most 107 bytes
   * @return a connected channel, in blocking mode
   */
  public static SocketChannel connect(String name) throws IOException {
    return name.startsWith("@")
        ? PlatformThread.call("unix-connect", () -> abstractly(name))
        : byPath(Path.of(name));
  }

  private static SocketChannel byPath(Path path) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * The JDK knows no abstract names and takes over no descriptor: a channel is connected to a
   * listener made for that, and the socket is put under its number. Never on a virtual thread,
   * where the JDK would change the socket that is replaced and rely on that.
   */
  private static SocketChannel abstractly(String name) throws IOException {
    UnixAddress address = UnixAddress.of(name);
    try (Fd fd =
            new Fd(
                LibC.check(LibC.socket(UnixAddress.FAMILY, STREAM | CLOEXEC, 0), "make socket"));
        Fd directory = Fd.open(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), Open.PATH)) {
      LibC.check(LibC.connect(fd.number(), address.memory(), address.size()), "connect to " + name);
      // A short name however long the directory's is.
      Path names = Path.of("/proc/self/fd/" + directory.number());
      return dressed(fd, names);
    }
  }

  private static SocketChannel dressed(Fd fd, Path names) throws IOException {
    Path server = names.resolve("gantry-" + UUID.randomUUID() + ".sock");
    Path client = names.resolve("gantry-" + UUID.randomUUID() + ".sock");
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(server));
      channel.bind(UnixDomainSocketAddress.of(client));
      channel.connect(UnixDomainSocketAddress.of(server));
      LibC.check(LibC.dup3(fd.number(), number(client), CLOEXEC), "put socket in place");
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    } finally {
      Files.deleteIfExists(server);
      Files.deleteIfExists(client);
    }
  }

  /** The number of this process's socket of that name. */
  private static int number(Path name) throws IOException {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(OWN_DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        int number = Integer.parseInt(descriptor.getFileName().toString());
        if (isSocket(descriptor) && UnixAddress.nameOf(number).equals(name.toString())) {
          return number;
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
}
