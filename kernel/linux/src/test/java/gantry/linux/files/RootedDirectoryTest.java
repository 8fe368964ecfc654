// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootedDirectoryTest {
  @TempDir Path temp;
  private Path root = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void makeTree() throws IOException {
    root = Files.createDirectories(temp.resolve("root"));
    outside = Files.createDirectories(temp.resolve("outside"));
    Files.createDirectories(root.resolve("usr/lib"));
  }

  @Test
  void resolve_throughSymlinks_staysInside() throws IOException {
    Files.createSymbolicLink(root.resolve("abs"), Path.of("/usr/lib"));
    Files.createSymbolicLink(root.resolve("up"), Path.of("../../../../usr"));
    Files.createSymbolicLink(root.resolve("chain"), Path.of("up/../abs"));
    try (RootedDirectory rooted = RootedDirectory.open(root)) {
      assertThat(resolved(rooted, "abs")).isEqualTo("/usr/lib");
      assertThat(resolved(rooted, "up/lib")).isEqualTo("/usr/lib");
      assertThat(resolved(rooted, "chain")).isEqualTo("/usr/lib");
      assertThat(resolved(rooted, "../../usr/./lib/..")).isEqualTo("/usr");
      assertThat(resolved(rooted, "/")).isEmpty();
    }
  }

  @Test
  void resolve_ofSymlinkToHostDirectory_doesNotSeeIt() throws IOException {
    Files.createSymbolicLink(root.resolve("out"), outside);
    try (RootedDirectory rooted = RootedDirectory.open(root)) {
      assertThatThrownBy(() -> rooted.resolve("out"))
          .isInstanceOfSatisfying(
              FileOperationException.class,
              e -> assertThat(e.errno()).isEqualTo(FileOperationException.ENOENT));
    }
  }

  @Test
  void resolve_ofLoop_ends() throws IOException {
    Files.createSymbolicLink(root.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(root.resolve("b"), Path.of("a"));
    try (RootedDirectory rooted = RootedDirectory.open(root)) {
      assertThatThrownBy(() -> rooted.resolve("a")).hasMessageContaining("too many levels");
    }
  }

  @Test
  void resolve_ofFile_isNotDirectory() throws IOException {
    Files.writeString(root.resolve("file"), "x");
    try (RootedDirectory rooted = RootedDirectory.open(root)) {
      assertThatThrownBy(() -> rooted.resolve("file/x")).hasMessageContaining("not a directory");
    }
  }

  @Test
  void resolveOrMake_throughDanglingLink_makesInside() throws IOException {
    Files.createSymbolicLink(root.resolve("out"), outside.resolve("deep"));
    try (RootedDirectory rooted = RootedDirectory.open(root);
        Directory made =
            rooted.resolveOrMake("out/x", (in, name) -> in.makeDirectory(name, 0755))) {
      assertThat(made.path()).isEqualTo(outside + "/deep/x");
    }
    assertThat(outside).isEmptyDirectory();
    assertThat(Path.of(root + "/" + outside + "/deep/x")).isDirectory();
  }

  @Test
  void resolve_afterReplacementByLink_doesNotUseTheOldOne() throws IOException {
    try (RootedDirectory rooted = RootedDirectory.open(root)) {
      assertThat(resolved(rooted, "usr/lib")).isEqualTo("/usr/lib");
      try (Directory usr = rooted.resolve("usr")) {
        rooted.resolve("usr/lib").close();
        usr.removeTree("lib");
        usr.makeSymlink("lib", "/usr");
      }
      assertThat(resolved(rooted, "usr/lib")).isEqualTo("/usr");
    }
  }

  @Test
  void names_thatLeadElsewhere_areRefused() throws IOException {
    try (RootedDirectory rooted = RootedDirectory.open(root);
        Directory directory = rooted.root()) {
      for (String name : new String[] {"", "..", "a/b", "/"}) {
        assertThatThrownBy(() -> directory.makeDirectory(name, 0755))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> directory.makeDirectory("a\0b", 0755))
          .hasMessageContaining("invalid argument");
    }
  }

  @Test
  void removeTree_ofLinkToDirectory_removesTheLink() throws IOException {
    Files.writeString(outside.resolve("kept"), "x");
    Files.createSymbolicLink(root.resolve("out"), outside);
    Files.createSymbolicLink(root.resolve("usr/lib/out"), outside);
    try (RootedDirectory rooted = RootedDirectory.open(root);
        Directory directory = rooted.root()) {
      directory.removeTree("out");
      directory.removeTree("usr");
      directory.removeTree("nothing");
    }
    assertThat(root).isEmptyDirectory();
    assertThat(outside.resolve("kept")).exists();
    assertThat(Files.exists(root.resolve("out"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  private static String resolved(RootedDirectory rooted, String path) throws IOException {
    try (Directory directory = rooted.resolve(path)) {
      return directory.path();
    }
  }
}
