// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gantry's own command line and shell, against a running daemon. */
class GantryCommandTest {
  @TempDir static Path home;

  private static Daemon daemon;
  private static Shell shell;

  @BeforeAll
  static void start() {
    daemon = Daemon.gantry(home).start();
    shell = daemon.shell(Map.of("IMAGE", "docker.io/library/busybox:latest"));
    Shell.Result result =
        shell.bash(
            "gantry images import " + Daemon.installed().resolve("share/gantry/busybox.tar"));
    assertThat(result.exitCode()).as(result.all()).isZero();
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @Test
  void version_tellsClientAndServer() {
    Shell.Result result = shell.bash("gantry version");

    assertThat(result.output()).contains("Client").contains("Server").contains("2.3");
  }

  @Test
  void image_isListedAsATableAndAsJson() {
    assertThat(shell.bash("gantry images ls").output())
        .contains("docker.io/library/busybox:latest");
    assertThat(shell.bash("gantry images ls --output json").output().strip())
        .startsWith("[")
        .endsWith("]")
        .contains("docker.io/library/busybox:latest");
  }

  @Test
  void run_printsOutputAndLeavesWithTheContainersExitCode() {
    Shell.Result result =
        shell.bash("gantry run --rm $IMAGE code sh -c 'echo out; echo err >&2; exit 9'");

    assertThat(result.exitCode()).as(result.all()).isEqualTo(9);
    assertThat(result.output()).isEqualTo("out\n");
    assertThat(result.errors()).isEqualTo("err\n");
    assertThat(shell.bash("gantry containers ls -q; gantry tasks ls -q").output())
        .doesNotContain("code");
  }

  @Test
  void task_livesFromRunToRm() {
    shell.bash(
        "gantry run -d $IMAGE life sh -c 'trap \"exit 3\" TERM; while :; do sleep 0.1; done'");

    assertThat(shell.bash("gantry tasks ls").output()).containsPattern("life +\\d+ +RUNNING");
    assertThat(shell.bash("gantry tasks exec --exec-id x life echo inside").output())
        .isEqualTo("inside\n");
    assertThat(shell.bash("gantry containers info life").output()).contains("\"life\"");
    Shell.Result end =
        shell.bash(
            "gantry tasks kill life; until gantry tasks ls | grep -q 'life.*STOPPED'; do :; done;"
                + " gantry tasks rm life; gantry containers rm life;"
                + " gantry containers ls -q");
    assertThat(end.all()).contains("code 3");
    assertThat(end.output()).doesNotContain("life\n");
  }

  @Test
  void runtimeBinaryThatIsMissing_isNamedAndNothingIsLeft() {
    Shell.Result result =
        shell.bash("ctr run --rm --runc-binary /no/such/runc $IMAGE lacking true");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains("/no/such/runc");
    assertThat(shell.bash("ctr tasks ls -q; ctr containers ls -q").output())
        .doesNotContain("lacking");
    assertThat(home.resolve("state/io.containerd.runtime.v2.task/default/lacking")).doesNotExist();
  }

  @Test
  void labelThatIsTooLong_isRefusedWithItsLength() {
    Shell.Result result =
        shell.bash(
            "ctr content label $(ctr content ls -q | head -1)"
                + " k=$(head -c 5000 /dev/zero | tr '\\0' x)");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors())
        .contains("label key and value length (5001 bytes) greater than maximum size (4096 bytes)");
  }

  @Test
  void daemonThatDoesNotRun_isSaidInOneLine() {
    Shell.Result result = shell.bash("gantry -a /nonexistent/gantry.sock version");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors().strip().lines()).hasSize(1);
    assertThat(result.errors()).contains("/nonexistent/gantry.sock").contains("gantryd");
  }

  @Test
  void wrongCommand_isRefusedWithUsage() {
    Shell.Result result = shell.bash("gantry images nonsense");

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.errors()).contains("nonsense").doesNotContain("\tat ");
  }

  @Test
  void pluginsList_saysWhatServes() {
    assertThat(shell.bash("gantry plugins ls").output())
        .containsPattern("io.containerd.snapshotter.v1 +overlayfs +linux/amd64 +ok")
        .containsPattern("io.containerd.metadata.v1 +bolt +- +ok");
    assertThat(shell.bash("ctr plugins ls -d").output()).contains("overlayfs").contains("root");
  }

  @Test
  void shellSocket_isForThoseWhoMayOpenTheOther() throws Exception {
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("state/shell.sock"))))
        .isEqualTo("rw-rw----");
    assertThat(shell.bash("gantry shell plugins").output()).contains("overlayfs");
  }

  @Test
  void update_ofTheContentPlugin_failsNoCallOfAClient(@TempDir Path jars) throws IOException {
    Path shipped = Daemon.installed().resolve("plugins/gantry.plugins.content.jar");
    for (int i = 1; i <= 5; i++) {
      StampedJar.make(shipped, i, jars);
    }
    Shell patient = daemon.shell(Map.of("JARS", jars.toString(), "WORK", home.toString()));

    // A reader lists and reads as fast as it can while the plugin is replaced five times.
    Shell.Result result =
        patient.bash(
            """
            digest=$(ctr content ls -q | head -1)
            (until [ -e $WORK/stop ]; do
               ctr content ls -q >/dev/null || echo failed
               ctr content get $digest >/dev/null || echo failed
             done) > $WORK/failures 2>&1 &
            for i in 1 2 3 4 5; do gantry shell "update $JARS/gantry.plugins.content-0.1.$i.jar" || echo refused; done
            touch $WORK/stop; wait; cat $WORK/failures
            """);

    assertThat(result.all()).doesNotContain("failed").doesNotContain("refused");
    assertThat(new Shell(Map.of(), Duration.ofSeconds(20)).bash("cat " + daemon.log()).output())
        .doesNotContain("OutOfMemory");
  }
}
