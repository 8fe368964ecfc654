// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories stand for control groups; a file that is not theirs for a process. */
final class NamespaceCgroupTest {
  @TempDir Path root;

  @Test
  void unifiedGroup_isRemovedWithThoseBelow() throws IOException {
    Files.createFile(root.resolve("cgroup.controllers"));
    Files.createDirectories(root.resolve("ns/a/b"));
    Files.createDirectories(root.resolve("other"));

    new NamespaceCgroup(root, "ns").remove();

    assertThat(root.resolve("ns")).doesNotExist();
    assertThat(root.resolve("other")).exists();
    new NamespaceCgroup(root, "ns").remove();
  }

  @Test
  void groupsOfEachController_areRemoved() throws IOException {
    Files.createDirectories(root.resolve("cpu/ns"));
    Files.createDirectories(root.resolve("memory/ns/a"));

    new NamespaceCgroup(root, "ns").remove();

    assertThat(root.resolve("cpu")).isEmptyDirectory();
    assertThat(root.resolve("memory")).isEmptyDirectory();
  }

  @Test
  void groupInUse_isNamed() throws IOException {
    Files.createFile(root.resolve("cgroup.controllers"));
    Files.createDirectories(root.resolve("ns"));
    Files.createFile(root.resolve("ns/process"));

    assertThatThrownBy(() -> new NamespaceCgroup(root, "ns").remove())
        .isInstanceOf(IOException.class)
        .hasMessageContaining(root.resolve("ns") + ": in use");
  }

  @Test
  void nameThatLeadsElsewhere_isRefused() {
    for (String name : List.of("", "..", "a/b", "/")) {
      assertThatThrownBy(() -> new NamespaceCgroup(root, name))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }
}
