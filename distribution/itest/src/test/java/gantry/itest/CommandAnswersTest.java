// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both command lines asked about the same running daemon: {@code gantry} prints what {@code ctr}
 * prints, but for the width of columns, and leaves with the same code.
 */
class CommandAnswersTest {
  /** In one process, because starting each of them takes longer than its answer. */
  private static final List<String> LISTINGS =
      List.of(
          "images ls",
          "images ls -q",
          "images check",
          "images check -q",
          "content ls -q",
          "content active",
          "snapshots ls",
          "snapshots usage",
          "snapshots usage -b",
          "snapshots tree",
          "leases ls",
          "namespaces ls",
          "containers ls",
          "tasks ls",
          "plugins ls",
          "plugins ls -q");

  @TempDir static Path home;

  private static Daemon daemon;
  private static Shell shell;

  @BeforeAll
  static void start() {
    daemon = Daemon.gantry(home).start();
    shell = new Shell(environment(), Duration.ofSeconds(60));
    Path image = Daemon.installed().resolve("share/gantry/busybox.tar");
    Shell.Result result =
        shell.bash(
            "ctr images import %s && ctr leases create --id l --expires 0 a=b && ctr ns create n k=v"
                .formatted(image));
    assertThat(result.exitCode()).as(result.all()).isZero();
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  @Test
  void listings_areCtrs() {
    String lines = String.join("\\n", LISTINGS);
    String ctr = LISTINGS.stream().map("ctr "::concat).collect(Collectors.joining("; "));

    Shell.Result ours = shell.bash("printf '%s\\n' | gantry batch -k".formatted(lines));
    Shell.Result theirs = shell.bash(ctr);

    assertThat(ours.exitCode()).as(ours.all()).isZero();
    assertThat(squeezed(ours.output())).isEqualTo(squeezed(theirs.output()));
  }

  @Test
  void codes_areCtrs() {
    for (String line :
        List.of(
            "images rm nosuch",
            "leases rm nosuch",
            "namespaces rm nosuch",
            "namespaces rm default",
            "snapshots info nosuch",
            "content get sha256:00",
            "images nonsense")) {
      assertThat(shell.bash("gantry " + line).exitCode())
          .as(line)
          .isEqualTo(shell.bash("ctr " + line).exitCode());
    }
  }

  @Test
  void mountedImage_isReadAndItsSnapshotGoesWithIt() {
    Shell.Result result =
        shell.bash(
            """
            set -e
            mkdir -p %1$s/m
            gantry images mount docker.io/library/busybox:latest %1$s/m
            test -e %1$s/m/bin/busybox
            if touch %1$s/m/x 2> /dev/null; then echo writable; fi
            gantry leases ls -q
            gantry images unmount --rm %1$s/m
            gantry leases ls -q
            gantry snapshots ls -q
            ls %1$s/m
            """
                .formatted(home));

    assertThat(result.exitCode()).as(result.all()).isZero();
    String chain = result.output().lines().findFirst().orElseThrow();
    assertThat(result.output().lines())
        .containsExactly(chain, home + "/m", home + "/m", "l", home + "/m", "l", chain);
  }

  private static Map<String, String> environment() {
    return Map.of(
        "CONTAINERD_ADDRESS", daemon.address().toString(),
        "GANTRY_ADDRESS", daemon.address().toString(),
        "PATH", Daemon.installed().resolve("bin") + ":" + System.getenv("PATH"));
  }

  private static List<String> squeezed(String output) {
    return output
        .lines()
        .map(line -> line.replaceAll("[ \t]+", " ").stripTrailing())
        .sorted()
        .toList();
  }
}
