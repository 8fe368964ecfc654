// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.UnavailableException;
import gantry.plugins.TimeLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With a shell script for a supervisor, whose socket is a plain file. */
@Timeout(30)
class SupervisorLauncherTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @TempDir Path directory;

  private SupervisorLayout layout;

  @BeforeEach
  void lay() {
    layout =
        new SupervisorLayout(
            directory.resolve("program"),
            directory.resolve("socket"),
            directory.resolve("state"),
            directory.resolve("address.ttrpc"),
            directory.resolve("runc"),
            directory.resolve("log"),
            directory.resolve("pid-file"),
            "");
  }

  @Test
  void start_detachesTheSupervisor() throws Exception {
    script(
        """
        echo "hello $*"
        ls -l /proc/self/fd | grep -c ' -> ' > %1$s/fds
        cut -d' ' -f6 /proc/$$/stat > %1$s/session
        echo $$ > %1$s/pid
        touch %1$s/socket
        exec sleep 60
        """
            .formatted(directory));

    new SupervisorLauncher(layout, 500, TimeLimits.STANDARD).start(this::serves, LIMIT);

    long pid = Long.parseLong(read("pid"));
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    try {
      assertThat(read("session")).isEqualTo(Long.toString(pid));
      // standard input, output, error, and the directory that ls itself reads
      assertThat(read("fds")).isEqualTo("4");
      assertThat(read("log"))
          .startsWith("hello --socket " + layout.socket() + " --state " + layout.state());
      assertThat(Path.of("/proc/" + pid + "/oom_score_adj")).content().isEqualTo("500\n");
      assertThat(layout.runtimeRoot()).isDirectory();
    } finally {
      process.destroyForcibly();
    }
    process.onExit().get(10, TimeUnit.SECONDS);
  }

  @Test
  void start_ofProgramThatEnds_saysWhereItsLogIs() throws Exception {
    script("echo broken; exit 1");

    assertThatThrownBy(
            () ->
                new SupervisorLauncher(layout, 500, TimeLimits.STANDARD).start(this::serves, LIMIT))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("it ended at once")
        .hasMessageContaining(layout.log().toString());
    assertThat(layout.log()).hasContent("broken");
  }

  @Test
  void start_ofProgramThatDoesNotServe_endsInTime() throws Exception {
    script("echo $$ > %s/pid; exec sleep 60".formatted(directory));

    assertThatThrownBy(
            () ->
                new SupervisorLauncher(layout, 500, TimeLimits.STANDARD)
                    .start(this::serves, Duration.ofMillis(500)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("does not serve");
    ProcessHandle.of(Long.parseLong(read("pid"))).orElseThrow().destroyForcibly();
  }

  @Test
  void start_withLongLog_beginsAnother() throws Exception {
    script("touch %s/socket".formatted(directory));
    Files.write(layout.log(), new byte[5 << 20]);

    new SupervisorLauncher(layout, 500, TimeLimits.STANDARD).start(this::serves, LIMIT);

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(path -> path.getFileName().toString())).contains("log.1");
    }
    assertThat(layout.log()).isEmptyFile();
  }

  private boolean serves() {
    return Files.exists(layout.socket());
  }

  private String read(String file) throws IOException {
    return Files.readString(directory.resolve(file)).strip();
  }

  private void script(String body) throws IOException {
    Files.writeString(layout.program(), "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(layout.program(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
