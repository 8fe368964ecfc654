// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code gantryd} starts, and how it says that it cannot. */
class StartTest {
  @TempDir Path home;

  private final Shell shell = new Shell(Map.of(), Duration.ofSeconds(40));

  @Test
  void version_isPrintedWithoutStarting() {
    Shell.Result result = gantryd("--version");

    assertThat(result.exitCode()).isZero();
    assertThat(result.output()).contains("gantryd").contains("2.3");
  }

  @Test
  void configDefault_canBeReadBack() throws IOException {
    Shell.Result printed = gantryd("config", "default");
    assertThat(printed.exitCode()).as(printed.all()).isZero();
    Path file = Files.writeString(home.resolve("config.toml"), printed.output());

    Shell.Result dumped = gantryd("-c", file.toString(), "config", "dump");

    assertThat(dumped.exitCode()).as(dumped.all()).isZero();
    assertThat(dumped.output()).contains("version = 4").contains("io.containerd.gc.v1.scheduler");
  }

  @Test
  void config_withThreeErrors_namesAllThreeAndStartsNothing() throws IOException {
    Path file =
        Files.writeString(
            home.resolve("config.toml"),
            """
            version = 4
            root = 7
            required_plugins = "io.containerd.content.v1.content"
            [plugins."io.containerd.gc.v1.scheduler"]
              mutation_threshold = "many"
            """);

    Shell.Result result = start("-c", file.toString());

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.all()).contains("root").contains("required_plugins");
    assertThat(result.all()).contains("mutation_threshold");
    assertThat(home.resolve("d.sock")).doesNotExist();
  }

  @Test
  void requiredPlugin_thatIsNotThere_stopsTheStart() throws IOException {
    Path file =
        Files.writeString(
            home.resolve("config.toml"),
            "version = 4\nrequired_plugins = [\"io.containerd.nothing.v1.here\"]\n");

    Shell.Result result = start("-c", file.toString());

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.all()).contains("io.containerd.nothing.v1.here");
  }

  @Test
  void root_thatIsReadOnly_isSaidInOneLine() {
    shell.bash("mkdir -p %1$s/ro && mount -t tmpfs -o ro none %1$s/ro".formatted(home));
    try {
      Shell.Result result =
          shell.run(
              List.of(
                  program(),
                  "--root",
                  home.resolve("ro/root").toString(),
                  "--state",
                  home.resolve("state").toString(),
                  "-a",
                  home.resolve("d.sock").toString()));

      assertThat(result.exitCode()).isNotZero();
      assertThat(result.all()).containsIgnoringCase("read-only").contains("ro/root");
      assertThat(result.all()).doesNotContain("\tat ");
    } finally {
      shell.bash("umount %s/ro".formatted(home));
    }
  }

  @Test
  void socket_ofALiveDaemon_isNotTaken() {
    try (Daemon first = Daemon.gantry(home.resolve("a")).start()) {
      Shell.Result second =
          shell.run(
              List.of(
                  program(),
                  "--root",
                  home.resolve("b/root").toString(),
                  "--state",
                  home.resolve("b/state").toString(),
                  "-a",
                  first.address().toString()));

      assertThat(second.exitCode()).isNotZero();
      assertThat(second.all()).contains(first.address().toString());
      assertThat(first.shell(Map.of()).run(List.of("ctr", "version")).exitCode()).isZero();
    }
  }

  @Test
  void socket_thatNobodyAnswers_isReplacedAndHasMode0660() throws IOException {
    Path address = home.resolve("d.sock");
    try (var stale = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      stale.bind(UnixDomainSocketAddress.of(address));
    }
    assertThat(address).exists();

    try (Daemon daemon = Daemon.gantry(home).start()) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(daemon.address())))
          .isEqualTo("rw-rw----");
    }
  }

  @Test
  void root_ofALiveDaemon_isNotShared() {
    try (Daemon first = Daemon.gantry(home).start()) {
      Shell.Result second =
          shell.run(
              List.of(
                  program(),
                  "--root",
                  home.resolve("root").toString(),
                  "--state",
                  home.resolve("state2").toString(),
                  "-a",
                  home.resolve("other.sock").toString()));

      assertThat(second.exitCode()).isNotZero();
      assertThat(second.all()).contains(home.resolve("root").toString());
      assertThat(first.process().isAlive()).isTrue();
    }
  }

  private Shell.Result start(String... arguments) {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                program(),
                "--root",
                home.resolve("root").toString(),
                "--state",
                home.resolve("state").toString(),
                "-a",
                home.resolve("d.sock").toString()));
    command.addAll(List.of(arguments));
    return shell.run(command);
  }

  private Shell.Result gantryd(String... arguments) {
    List<String> command = new java.util.ArrayList<>(List.of(program()));
    command.addAll(List.of(arguments));
    return shell.run(command);
  }

  private static String program() {
    return Daemon.installed().resolve("bin/gantryd").toString();
  }
}
