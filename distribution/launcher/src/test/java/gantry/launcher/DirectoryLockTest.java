// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
  @TempDir Path directory;

  @Test
  void take_makesTheDirectory() throws LaunchException {
    Path root = directory.resolve("a/b");

    try (DirectoryLock lock = DirectoryLock.take("root", root, "rwx--x--x")) {
      assertThat(root).isDirectory();
      assertThat(lock).hasToString(root.toString());
    }
  }

  @Test
  void take_ofLockedDirectory_saysWhoHasIt() throws LaunchException {
    try (DirectoryLock lock = DirectoryLock.take("root", directory, "rwx--x--x")) {
      assertThat(lock).isNotNull();
      assertThatThrownBy(() -> DirectoryLock.take("root", directory, "rwx--x--x"))
          .isInstanceOf(LaunchException.class)
          .hasMessageContaining("pid " + ProcessHandle.current().pid())
          .hasMessageContaining("--root");
    }
  }

  @Test
  void take_afterClose_succeeds() throws LaunchException {
    DirectoryLock.take("root", directory, "rwx--x--x").close();

    try (DirectoryLock again = DirectoryLock.take("root", directory, "rwx--x--x")) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void take_belowAFile_isRefusedInOneLine() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");

    assertThatThrownBy(() -> DirectoryLock.take("root", file.resolve("x"), "rwx--x--x"))
        .isInstanceOf(LaunchException.class)
        .message()
        .startsWith("use root " + file + "/x: ")
        .doesNotContain("\n");
  }
}
