// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** The file of a unix socket: made ready before it is bound, opened to its group afterwards. */
final class SocketFile {
  /** What clients of containerd, which are built to its limit, can still connect to. */
  private static final int LENGTH_MAX = 104;

  private final Path path;
  private @Nullable Object identity;

  private SocketFile(Path path) {
    this.path = path;
  }

  /**
   * Makes room for a socket.
   *
   * @param address absolute path, with or without {@code unix://}
   * @throws InvalidArgumentException if it is too long or not absolute
   * @throws FailedPreconditionException if somebody listens there
   */
  static SocketFile prepare(String address) throws IOException {
    Path path = Path.of(address.startsWith("unix://") ? address.substring(7) : address);
    if (!path.isAbsolute()) {
      throw new InvalidArgumentException(
          "listen on %s: address must be an absolute path".formatted(path));
    }
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LENGTH_MAX) {
      throw new InvalidArgumentException(
          "listen on %s: path has %d bytes, at most %d are allowed"
              .formatted(path, length, LENGTH_MAX));
    }
    Path directory = path.getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwx---")));
    }
    removeStale(path);
    return new SocketFile(path);
  }

  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new FailedPreconditionException(
          "listen on %s: it is there and no socket; move it away".formatted(path));
    }
    if (answers(path)) {
      throw new FailedPreconditionException(
          "listen on %s: another daemon answers there; stop it or choose another address"
              .formatted(path));
    }
    Files.deleteIfExists(path);
  }

  private static boolean answers(Path path) {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException nobody) {
      return false;
    }
  }

  Path path() {
    return path;
  }

  /**
   * Lets owner and group connect to the bound socket. Until then only this process's user could.
   *
   * @param uid owner
   * @param gid group
   */
  void open(int uid, int gid) throws IOException {
    identity = identity();
    own("unix:uid", uid);
    own("unix:gid", gid);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
  }

  private void own(String attribute, int id) throws IOException {
    if (!Integer.valueOf(id).equals(Files.getAttribute(path, attribute))) {
      Files.setAttribute(path, attribute, id);
    }
  }

  /** Removes the file unless it is another's by now. */
  void remove() throws IOException {
    try {
      Object mine = identity;
      if (mine != null && mine.equals(identity())) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException alreadyGone) {
      identity = null;
    }
  }

  private @Nullable Object identity() throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
