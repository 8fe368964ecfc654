// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Named pipes. */
public final class Fifos {
  private Fifos() {}

  /**
   * Makes one.
   *
   * @param mode permission bits, less the umask
   * @throws ErrnoException with {@link Errno#EEXIST} if there is something of that name
   */
  public static void create(Path path, int mode) throws IOException {
    LibC.check(LibC.mkfifo(LibC.string(path.toString()), mode), "create fifo " + path);
  }

  /** Whether there is one; follows symbolic links. */
  public static boolean is(Path path) throws IOException {
    if (!Files.exists(path)) {
      return false;
    }
    int mode = (int) Files.getAttribute(path, "unix:mode");
    return (mode & 0170000) == 0010000;
  }
}
