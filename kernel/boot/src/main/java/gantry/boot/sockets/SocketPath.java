// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.linux.UnixListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.OptionalInt;

/** The path of a unix socket: checked, made ready to be bound, opened to its group afterwards. */
final class SocketPath {
  /** What clients of containerd, which are built to its limit, can still connect to. */
  private static final int LENGTH_MAX = 104;

  private SocketPath() {}

  /**
   * Reads an address.
   *
   * @param address absolute path, with or without {@code unix://}
   * @throws InvalidArgumentException if it is too long or not absolute
   */
  static Path of(String address) {
    Path path = Path.of(address.startsWith("unix://") ? address.substring(7) : address).normalize();
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
    return path;
  }

  /**
   * Makes room for a new socket.
   *
   * @throws FailedPreconditionException if somebody listens there
   */
  static void clear(Path path) throws IOException {
    Path directory = path.getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwx---")));
    }
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

  /** One that is kept for a process that is gone is nobody's, if it is not kept for us. */
  private static boolean answers(Path path) throws IOException {
    OptionalInt owner = UnixListener.owner(path);
    return owner.isPresent()
        && (owner.getAsInt() == 0 || ProcessHandle.of(owner.getAsInt()).isPresent());
  }

  /** Lets owner and group connect. Until then only this process's user can. */
  static void open(Path path, int uid, int gid) throws IOException {
    own(path, "unix:uid", uid);
    own(path, "unix:gid", gid);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
  }

  private static void own(Path path, String attribute, int id) throws IOException {
    if (!Integer.valueOf(id).equals(Files.getAttribute(path, attribute))) {
      Files.setAttribute(path, attribute, id);
    }
  }
}
