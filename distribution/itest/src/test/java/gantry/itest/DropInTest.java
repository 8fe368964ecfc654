// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars in the plugins' directory, and what a restart keeps of changes. */
class DropInTest {
  private static final int PIECES = 12;
  private static final String LIST = "ctr snapshots --snapshotter dropped ls";

  @TempDir Path home;

  @Test
  void jar_copiedSlowly_isTakenWholeAndUsableWithinASecond() throws Exception {
    byte[] jar = Files.readAllBytes(FixtureSnapshotter.named("dropped", "1.0.0").jar(home));
    try (Daemon daemon = Daemon.gantry(home.resolve("d")).start()) {
      Shell shell = daemon.shell(Map.of());
      Path place = directory(daemon).resolve("slow.jar");
      try (OutputStream out = Files.newOutputStream(place)) {
        for (int i = 0; i < PIECES; i++) {
          assertThat(shell.bash(LIST).exitCode()).as("before it is whole").isNotZero();
          int from = jar.length * i / PIECES;
          out.write(jar, from, jar.length * (i + 1) / PIECES - from);
        }
      }
      assertThat(await(shell, LIST, true)).isLessThan(Duration.ofSeconds(3));
      assertThat(shell.bash("gantry plugins history").all())
          .contains("fixture.dropped")
          .doesNotContainIgnoringCase("refused");

      Files.delete(place);
      await(shell, LIST, false);
      assertThat(shell.bash("gantry plugins ls").all()).doesNotContain("dropped");
    }
  }

  @Test
  void jar_movedIn_isUsableWithinASecond() throws Exception {
    Path jar = FixtureSnapshotter.named("dropped", "1.0.0").jar(home);
    try (Daemon daemon = Daemon.gantry(home.resolve("d")).start()) {
      Shell shell = daemon.shell(Map.of());
      Files.move(jar, directory(daemon).resolve("moved.jar"), StandardCopyOption.ATOMIC_MOVE);
      Duration taken = await(shell, LIST, true);
      System.out.println("a jar moved in is usable after " + taken.toMillis() + " ms");
      assertThat(taken).isLessThan(Duration.ofSeconds(2));
    }
  }

  @Test
  void changes_outliveRestartAndKill() throws Exception {
    try (Daemon first = Daemon.gantry(home.resolve("d")).start()) {
      Shell shell = first.shell(Map.of());
      check(
          shell,
          "gantry plugins install " + FixtureSnapshotter.named("dropped", "1.0.0").jar(home));
      check(shell, "gantry plugins swap " + FixtureSnapshotter.named("dropped", "1.1.0").jar(home));
      check(shell, "ctr snapshots --snapshotter dropped prepare kept");
      first.stop();
    }
    try (Daemon second = Daemon.gantry(home.resolve("d")).start()) {
      Shell shell = second.shell(Map.of());
      await(
          shell, LIST, true); // the first answer of a daemon does not wait for what was added to it
      assertThat(check(shell, LIST)).contains("kept");
      assertThat(check(shell, "gantry plugins history")).contains("1.0.0").contains("1.1.0");
      check(shell, "gantry plugins swap " + FixtureSnapshotter.named("dropped", "1.2.0").jar(home));
      second.kill();
    }
    try (Daemon third = Daemon.gantry(home.resolve("d")).start()) {
      Shell shell = third.shell(Map.of());
      await(shell, LIST, true);
      assertThat(check(shell, LIST)).contains("kept");
      assertThat(check(shell, "gantry plugins history")).contains("1.2.0");
      check(shell, "gantry plugins rollback io.containerd.snapshotter.v1.dropped");
      assertThat(check(shell, LIST)).contains("kept");
      check(shell, "gantry plugins remove io.containerd.snapshotter.v1.dropped");
      assertThat(shell.bash(LIST).exitCode()).isNotZero();
    }
  }

  private static Path directory(Daemon daemon) throws Exception {
    return Files.createDirectories(daemon.home().resolve("root/plugins"));
  }

  /** Asks until it is so, and says how long that took. */
  private static Duration await(Shell shell, String script, boolean succeeds) {
    long begin = System.nanoTime();
    while ((shell.bash(script).exitCode() == 0) != succeeds) {
      assertThat(System.nanoTime() - begin)
          .as("%s, wanted: %s; %s", script, succeeds, shell.bash("gantry plugins history").all())
          .isLessThan(Duration.ofSeconds(15).toNanos());
    }
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private static String check(Shell shell, String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s", script, result.all()).isZero();
    return result.all();
  }
}
