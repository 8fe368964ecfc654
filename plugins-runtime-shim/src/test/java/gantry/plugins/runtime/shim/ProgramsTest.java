// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.UnknownException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgramsTest {
  @TempDir Path first;
  @TempDir Path second;
  @TempDir Path last;

  private Programs programs;

  @BeforeEach
  void prepare() {
    programs = new Programs(first + ":relative:" + second, last);
  }

  @Test
  void find_ofAName_looksAlongThePath() throws IOException {
    make(last, "containerd-shim-kata-v2");
    Path wanted = make(second, "containerd-shim-kata-v2");

    assertThat(programs.find("io.containerd.kata.v2")).isEqualTo(wanted);
  }

  @Test
  void find_ofANameNotOnThePath_looksBesideTheDaemon() throws IOException {
    Path wanted = make(last, "containerd-shim-kata-v2");

    assertThat(programs.find("kata.v2")).isEqualTo(wanted);
  }

  @Test
  void find_ofAFileThatIsNoProgram_goesOn() throws IOException {
    Files.createFile(first.resolve("containerd-shim-kata-v2"));
    Path wanted = make(second, "containerd-shim-kata-v2");

    assertThat(programs.find("io.containerd.kata.v2")).isEqualTo(wanted);
  }

  @Test
  void find_ofAMissingProgram_saysItAsClientsKnowIt() {
    assertThatThrownBy(() -> programs.find("io.containerd.nope.v1"))
        .isInstanceOf(UnknownException.class)
        .hasMessage(
            "failed to resolve runtime path: runtime"
                + " \"io.containerd.nope.v1\" binary not installed \"containerd-shim-nope-v1\":"
                + " file does not exist");
  }

  @Test
  void find_ofAMissingPath_namesIt() {
    assertThatThrownBy(() -> programs.find("/no/such"))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("invalid custom binary path: stat /no/such:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc", "a/b.c", "../x.y", ".v1", "io..v1"})
  void find_ofABadName_isRefused(String name) {
    assertThatThrownBy(() -> programs.find(name))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("invalid runtime name " + name);
  }

  private static Path make(Path directory, String name) throws IOException {
    Path file = Files.createFile(directory.resolve(name));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file;
  }
}
