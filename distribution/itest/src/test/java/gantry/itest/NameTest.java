// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A creation that hangs is given up in every way there is; its name is free afterwards. {@code
 * -Dgantry.task.names} says how many rounds of all ways.
 */
class NameTest {
  private static final int ROUNDS = Integer.getInteger("gantry.task.names", 1);
  private static final long SEED = Long.getLong("gantry.seed", System.nanoTime());

  @TempDir Path home;

  private final Random random = new Random(SEED);
  private final List<String> story = new ArrayList<>();

  @Test
  void name_ofACreationThatIsGivenUp_isFree() throws Exception {
    Path hang = home.resolve("hang");
    // Real runc, but while a file is there nothing is created.
    Path runc =
        Files.writeString(
            home.resolve("hanging-runc"),
            """
            #!/bin/sh
            case " $* " in
              *" create "*) while [ -e %1$s ]; do : > %1$s.reached; sleep 0.1; done ;;
            esac
            exec runc "$@"
            """
                .formatted(hang));
    Files.setPosixFilePermissions(runc, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path config =
        Files.writeString(
            home.resolve("config.toml"),
            """
            version = 4
            [timeouts]
            "io.gantry.timeout.runc.command" = "5s"
            """);
    try (Daemon daemon = Daemon.gantry(home, "-c", config.toString()).start()) {
      Shell shell = daemon.shell(Map.of("HANG", hang.toString()));
      check(shell, "ctr images import " + Daemon.installed().resolve("share/gantry/busybox.tar"));
      check(
          shell,
          "ctr run -d --null-io --runc-binary %s docker.io/library/busybox:latest c1 sleep 1000"
                  .formatted(runc)
              + " && ctr tasks rm -f c1 > /dev/null");
      story.add("seed " + SEED);
      tellsTheStage(shell, hang);
      for (int round = 0; round < ROUNDS; round++) {
        afterwards(shell, hang, "client killed", this::endClient);
        afterwards(shell, hang, "runtime killed", client -> endRuntime(shell, runc));
        afterwards(shell, hang, "supervisor killed", client -> endSupervisor());
        afterwards(
            shell,
            hang,
            "nobody killed",
            client -> assertThat(client.waitFor(60, TimeUnit.SECONDS)).isTrue());
        afterwards(
            shell,
            hang,
            "daemon killed",
            client -> {
              daemon.kill();
              endClient(client);
              daemon.start();
            });
      }
      System.out.println(String.join("\n", story));
    }
  }

  @FunctionalInterface
  private interface Fault {
    void happen(Process client) throws Exception;
  }

  private void tellsTheStage(Shell shell, Path hang) throws Exception {
    Files.writeString(hang, "");
    Shell.Result late = shell.bash("ctr --timeout 2s tasks start -d --null-io c1");
    Files.delete(hang);
    assertThat(late.exitCode()).isNotZero();
    assertThat(late.errors()).contains("its creation has been going on for");
    free(shell, "client's deadline");
  }

  private void afterwards(Shell shell, Path hang, String what, Fault fault) throws Exception {
    Files.writeString(hang, "");
    Process client = shell.start("exec ctr tasks start -d --null-io c1");
    if (random.nextBoolean()) {
      check(shell, "until [ -e $HANG.reached ]; do :; done");
    } else {
      boolean ended = client.waitFor(random.nextInt(300), TimeUnit.MILLISECONDS);
      story.add("ended by itself: " + ended);
    }
    fault.happen(client);
    Files.delete(hang);
    free(shell, what);
    endClient(client);
    Files.deleteIfExists(Path.of(hang + ".reached"));
  }

  /** What a client does that only wants its container to run. */
  private void free(Shell shell, String what) {
    long begun = System.nanoTime();
    Shell.Result run =
        shell.bash(
            """
            end=$((SECONDS + 30))
            until ctr tasks start -d --null-io c1; do
              [ $SECONDS -lt $end ] || exit 1
              # the attempt that was given up may have succeeded before
              ctr tasks rm -f c1
            done
            ctr tasks ls | grep '^c1 .*RUNNING' && ctr tasks rm -f c1 > /dev/null
            """);
    assertThat(run.exitCode()).as("%s %s: %s", story, what, run.all()).isZero();
    story.add("%s: free after %d ms".formatted(what, (System.nanoTime() - begun) / 1_000_000));
  }

  private void endClient(Process client) throws InterruptedException {
    client.destroyForcibly().waitFor();
  }

  private void endRuntime(Shell shell, Path runc) {
    shell.bash("pkill -KILL -f '" + runc + "'");
  }

  private void endSupervisor() throws InterruptedException {
    String socket = "\0" + home.resolve("state/supervisor.sock") + "\0";
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      try {
        Path line = Path.of("/proc/" + process.pid() + "/cmdline");
        if (Files.readString(line).contains(socket)) {
          process.destroyForcibly();
          process.onExit().get(30, TimeUnit.SECONDS);
        }
      } catch (IOException | ExecutionException | TimeoutException e) {
        story.add("process " + process.pid() + ": " + e);
      }
    }
  }

  private static void check(Shell shell, String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s", script, result.all()).isZero();
  }
}
