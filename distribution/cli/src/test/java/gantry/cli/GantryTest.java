// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.cli.command.Console;
import gantry.cli.command.Program;
import gantry.testkit.Containerd;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole command line against the containerd of the distribution. */
@Timeout(120)
final class GantryTest {
  private static final String IMAGE = "docker.io/library/busybox:latest";

  @TempDir static Path dir;

  private static Containerd daemon;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void start() throws Exception {
    Path busybox = Path.of("/bin/busybox");
    assumeTrue(
        Files.isExecutable(busybox) && Files.isExecutable(Path.of("/usr/sbin/runc")),
        "SKIPPED: needs runc and busybox-static (apt install runc busybox-static)");
    daemon = Containerd.start(dir);
    BusyboxImage.main(new String[] {dir.resolve("busybox.tar").toString(), busybox.toString()});
  }

  @AfterAll
  @SuppressWarnings("NullAway") // not started where containerd is missing
  static void stop() {
    if (daemon != null) {
      daemon.close();
    }
  }

  @BeforeEach
  void image() {
    assertThat(gantry("", "images", "import", dir.resolve("busybox.tar").toString()))
        .as(this::output)
        .isZero();
    assertThat(output()).contains("unpacking " + IMAGE).endsWith("done\n");
    out.reset();
  }

  @Test
  void run_hasOutputInputAndExitCodeOfItsProcess() {
    int code =
        gantry("typed", "run", "--rm", IMAGE, "r1", "sh", "-c", "cat; echo oops >&2; exit 7");
    assertThat(code).as(this::output).isEqualTo(7);
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("typed");
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("oops\n");
    assertThat(listed("containers", "ls", "-q")).isEmpty();
    assertThat(listed("snapshots", "ls")).doesNotContain("Active");
  }

  @Test
  void container_livesThroughItsWholeLife() {
    assertThat(gantry("", "run", "-d", "--label", "a=b", IMAGE, "d1", "sleep", "1000")).isZero();
    assertThat(listed("tasks", "ls")).contains("d1").contains("RUNNING");
    assertThat(gantry("", "tasks", "exec", "--exec-id", "e1", "--user", "nobody", "d1", "id"))
        .as(this::output)
        .isZero();
    assertThat(output()).contains("uid=65534(nobody)");
    assertThat(gantry("", "containers", "rm", "d1")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("cannot delete a non stopped");
    assertThat(listed("tasks", "pause", "d1")).isEmpty();
    assertThat(listed("tasks", "ls")).contains("PAUSED");
    assertThat(listed("tasks", "resume", "d1")).isEmpty();
    assertThat(listed("tasks", "metrics", "d1")).contains("pids.current");
    assertThat(gantry("", "tasks", "rm", "--force", "d1")).as(this::output).isZero();
    assertThat(listed("containers", "info", "d1")).contains("\"a\": \"b\"");
    assertThat(gantry("", "containers", "rm", "d1")).as(this::output).isZero();
    assertThat(dir.resolve("fifo").toFile().list()).isEmpty();
  }

  @Test
  void log_isWrittenWithoutUs() throws Exception {
    Path log = dir.resolve("log.txt");
    int code = gantry("", "run", "--rm", "--log-uri", "file://" + log, IMAGE, "l1", "echo", "hi");
    assertThat(code).as(this::output).isZero();
    assertThat(log).hasContent("hi");
  }

  @Test
  void failedStart_leavesNothing() {
    assertThat(gantry("", "run", "--rm", IMAGE, "f1", "nosuchprogram")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    assertThat(listed("containers", "ls", "-q")).doesNotContain("f1");
    assertThat(gantry("", "run", "--rm", "nosuch:1", "f2", "sh")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("image \"nosuch:1\": not found");
  }

  @Test
  void export_canBeImportedAgain() {
    String archive = dir.resolve("export.tar").toString();
    assertThat(gantry("", "images", "export", archive, IMAGE)).as(this::output).isZero();
    assertThat(gantry("", "-n", "other", "images", "import", archive)).as(this::output).isZero();
    assertThat(listed("-n", "other", "images", "ls", "-q")).isEqualTo(IMAGE + "\n");
    assertThat(listed("-n", "other", "images", "check", "-q")).isEqualTo(IMAGE + "\n");
  }

  @Test
  void completion_knowsTheWords() {
    assertThat(listed("generate-completion")).contains("images").contains("--snapshotter");
  }

  private String listed(String... line) {
    out.reset();
    assertThat(gantry("", line)).as(this::output).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private int gantry(String input, String... line) {
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    return new Program(Words.all(), console, Map.of("GANTRY_ADDRESS", daemon.socket().toString()))
        .run(List.of(line));
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
  }
}
