// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plugin that does not come back stalls those who call it, and nobody else. */
class HangTest {
  private static final int CALLERS = 12;
  private static final int RUNS = 5;
  private static final String BEGIN =
      "    try (Reservation taken = index.reserve(kind, key, parent, labels)) {";

  @TempDir Path home;

  @ParameterizedTest
  @ValueSource(
      strings = {
        // what ends when it is interrupted
        "try { Thread.currentThread().join(); } catch (InterruptedException e) {"
            + " throw new IOException(\"interrupted\", e); }",
        // what does not
        "for (;;) { java.util.concurrent.locks.LockSupport.park(); Thread.interrupted(); }"
      })
  void pluginThatHangs_stallsItsOwnCallersOnly(String hang) throws Exception {
    Path config =
        Files.writeString(
            home.resolve("config.toml"),
            """
            version = 4
            [timeouts]
            "io.gantry.timeout.call" = "3s"
            "io.gantry.timeout.drain" = "2s"
            """);
    try (Daemon daemon = Daemon.gantry(home.resolve("d"), "-c", config.toString()).start()) {
      Shell shell = daemon.shell(Map.of("IMAGE", CtrLoad.IMAGE));
      check(shell, "ctr images import " + busybox());
      check(shell, "gantry plugins install " + sick(hang));
      long usual = median(shell);

      List<Process> callers = callers(shell);
      long begin = System.nanoTime();
      Shell.Result given =
          shell.bash("ctr --timeout 3s snapshots --snapshotter stuck prepare mine");
      assertThat(given.exitCode()).isNotZero();
      assertThat(System.nanoTime() - begin)
          .as("a caller with a deadline of its own: %s", given.all())
          .isLessThan(15_000_000_000L);

      long meanwhile = median(shell);
      System.out.println(
          "a container takes %d ms, beside a plugin that hangs %d ms".formatted(usual, meanwhile));
      assertThat(meanwhile).isLessThan(2 * usual + 500);
      check(shell, "ctr images ls && gantry gc && gantry plugins ls");
      assertThat(check(shell, "gantry plugins why io.containerd.snapshotter.v1.stuck"))
          .contains("in flight");

      check(shell, "gantry plugins swap " + healed());
      check(shell, "ctr snapshots --snapshotter stuck prepare healed");
      check(shell, "ctr run --rm --snapshotter stuck $IMAGE after true");
      for (Process caller : callers) {
        caller.descendants().forEach(ProcessHandle::destroyForcibly);
        caller.destroyForcibly();
      }
    }
  }

  private Path sick(String hang) throws Exception {
    return FixtureSnapshotter.named("stuck", "1.0.0")
        .replacing(BEGIN, "    if (!key.isEmpty()) { " + hang + " }\n" + BEGIN)
        .jar(home);
  }

  private Path healed() throws Exception {
    return FixtureSnapshotter.named("stuck", "1.1.0").jar(home);
  }

  private static List<Process> callers(Shell shell) {
    List<Process> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(shell.start("ctr snapshots --snapshotter stuck prepare key" + i));
    }
    return callers;
  }

  /** How long a container with another snapshotter takes, in milliseconds. */
  private static long median(Shell shell) {
    List<Long> taken = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      long begin = System.nanoTime();
      check(shell, "ctr run --rm --snapshotter overlayfs $IMAGE run-" + begin + " true");
      taken.add((System.nanoTime() - begin) / 1_000_000);
    }
    return taken.stream().sorted().toList().get(RUNS / 2);
  }

  private static String check(Shell shell, String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s", script, result.all()).isZero();
    return result.all();
  }

  private static Path busybox() {
    return Daemon.installed().resolve("share/gantry/busybox.tar");
  }
}
