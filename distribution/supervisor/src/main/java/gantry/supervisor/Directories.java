// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes the directories of this process. */
final class Directories {
  private Directories() {}

  /** One for this process's user alone. */
  static Path make(Path path) throws IOException {
    return Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  /** One with nothing in it. */
  static Path fresh(Path path) throws IOException {
    make(path);
    try (var left = Files.newDirectoryStream(path)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return path;
  }

  /**
   * A name for consoles' sockets, whose paths have 107 bytes at most; the runtime can use it too.
   */
  static Path shortName(Fd directory) {
    return Path.of("/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), directory.number()));
  }
}
