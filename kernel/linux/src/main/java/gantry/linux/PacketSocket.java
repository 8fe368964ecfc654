// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * A unix socket for whole messages, {@code SOCK_SEQPACKET}, between processes of one user. No call
 * on it blocks; wait with {@link Poll}.
 */
public final class PacketSocket implements AutoCloseable {
  private static final int PACKETS = 5 | 0x80000 | 0x800;
  private static final int ACCEPTED = 0x80000 | 0x800;
  private static final int BACKLOG = 8;

  private final Fd fd;

  private PacketSocket(Fd fd) {
    this.fd = fd;
  }

  /**
   * Listens, with mode 0600; what was at the path is removed.
   *
   * @param path at most 107 bytes
   */
  public static PacketSocket listen(Path path) throws IOException {
    UnixAddress address = UnixAddress.of(path.toString());
    Files.deleteIfExists(path);
    PacketSocket socket = open();
    try {
      int number = socket.fd.number();
      LibC.check(LibC.bind(number, address.memory(), address.size()), "bind socket " + path);
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      LibC.check(LibC.listen(number, BACKLOG), "listen on socket " + path);
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Connects.
   *
   * @throws IOException also if the other side is of another user
   */
  public static PacketSocket connect(Path path) throws IOException {
    UnixAddress address = UnixAddress.of(path.toString());
    PacketSocket socket = open();
    try {
      LibC.check(
          LibC.connect(socket.fd.number(), address.memory(), address.size()), "connect to " + path);
      socket.requireSameUser();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Takes the next connection.
   *
   * @throws IOException also if the other side is of another user
   */
  public PacketSocket accept() throws IOException {
    PacketSocket accepted;
    try (Fd.Use use = fd.use()) {
      accepted =
          new PacketSocket(
              new Fd(LibC.check(LibC.accept4(use.number(), null, null, ACCEPTED), "accept")));
    }
    try {
      accepted.requireSameUser();
      return accepted;
    } catch (IOException e) {
      accepted.close();
      throw e;
    }
  }

  private static PacketSocket open() throws IOException {
    return new PacketSocket(
        new Fd(LibC.check(LibC.socket(UnixAddress.FAMILY, PACKETS, 0), "make packet socket")));
  }

  private void requireSameUser() throws IOException {
    PeerCredentials peer = PeerCredentials.of(fd);
    if (peer.userId() != LibC.geteuid()) {
      throw new IOException("talk to process %d: it is of another user".formatted(peer.pid()));
    }
  }

  /** The descriptor, which stays this object's. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
