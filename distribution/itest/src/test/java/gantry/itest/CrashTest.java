// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers go on when the daemon does not. */
class CrashTest {
  @TempDir Path home;

  @Test
  void container_whoseDaemonIsKilled_runsOnWritesOnAndIsFoundAgain() throws Exception {
    try (Daemon first = Daemon.gantry(home).start()) {
      Path log = home.resolve("out.log");
      Shell shell = shell(first);
      importImage(shell);
      // It writes until told to stop by a file, then leaves with 42.
      Path flags = Files.createDirectories(home.resolve("flags"));
      Shell.Result run =
          shell.bash(
              ("ctr run -d --log-uri file://%s --mount type=bind,src=%s,dst=/flags,options=rbind:rw"
                      + " $IMAGE survivor sh -c"
                      + " 'i=0; while [ ! -e /flags/stop ]; do echo line $((i=i+1)); sleep 0.05;"
                      + " done; exit 42'")
                  .formatted(log, flags));
      assertThat(run.exitCode()).as(run.all()).isZero();
      String pid = shell.bash("ctr tasks ls | awk '/survivor/{print $2}'").output().trim();

      first.kill();
      long atKill = Files.size(log);

      assertThat(ProcessHandle.of(Long.parseLong(pid))).as("the container's process").isPresent();
      assertThat(growsBeyond(log, atKill)).as("output goes on being written").isTrue();

      try (Daemon second = Daemon.gantry(home).start()) {
        Shell again = shell(second);
        assertThat(again.bash("ctr tasks ls").output())
            .containsPattern("survivor +" + pid + " +RUNNING");
        Files.createFile(flags.resolve("stop"));
        Shell.Result attach =
            again.bash(
                "until ctr tasks ls | grep -q 'survivor.*STOPPED'; do read -t 0.1 < <(:); done;"
                    + " ctr tasks rm survivor; echo rc=$?");
        assertThat(attach.all()).contains("42");
      }
    }
  }

  @Test
  void containerThatEndsWhileNoDaemonRuns_isReportedWithItsExitCode() throws Exception {
    try (Daemon first = Daemon.gantry(home).start()) {
      Shell shell = shell(first);
      importImage(shell);
      Path flags = Files.createDirectories(home.resolve("flags"));
      shell.bash(
          ("ctr run -d --mount type=bind,src=%s,dst=/flags,options=rbind:rw $IMAGE shortlived"
                  + " sh -c 'while [ ! -e /flags/stop ]; do sleep 0.05; done; exit 23'")
              .formatted(flags));
      String pid = shell.bash("ctr tasks ls | awk '/shortlived/{print $2}'").output().trim();
      first.stop();

      Files.createFile(flags.resolve("stop"));
      ProcessHandle.of(Long.parseLong(pid)).ifPresent(p -> p.onExit().join());

      try (Daemon second = Daemon.gantry(home).start()) {
        Shell again = shell(second);
        assertThat(again.bash("ctr tasks ls").output()).containsPattern("shortlived.*STOPPED");
        assertThat(again.bash("ctr tasks rm shortlived").all()).contains("23");
      }
    }
  }

  private Shell shell(Daemon daemon) {
    return daemon.shell(Map.of("IMAGE", "docker.io/library/busybox:latest"));
  }

  private static void importImage(Shell shell) {
    Shell.Result result =
        shell.bash(
            "ctr images import --base-name docker.io/library/busybox "
                + Daemon.installed().resolve("share/gantry/busybox.tar"));
    assertThat(result.exitCode()).as(result.all()).isZero();
  }

  private static boolean growsBeyond(Path file, long size) throws Exception {
    long end = System.nanoTime() + 10_000_000_000L;
    while (System.nanoTime() < end) {
      if (Files.size(file) > size + 20) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }
}
