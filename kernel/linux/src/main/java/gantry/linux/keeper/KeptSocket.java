// SPDX-License-Identifier: Apache-2.0
package gantry.linux.keeper;

import gantry.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A listening socket that somebody keeps.
 *
 * @param path what it was bound to
 * @param identity of the file at that path when it was bound
 */
public record KeptSocket(Path path, String identity, Fd fd) {
  /**
   * Which file is at a path, links not followed.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  public static String identityOf(Path path) throws IOException {
    return String.valueOf(
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey());
  }

  /** Whether those who connect to the path still reach this socket. */
  public boolean isAtItsPath() {
    try {
      return identity.equals(identityOf(path));
    } catch (IOException e) {
      return false;
    }
  }
}
