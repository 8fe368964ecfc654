// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import containerd.services.tasks.v1.ListTasksRequest;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.v1.types.Process;
import containerd.v1.types.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon that is started again serves at once, whatever some of the shims it finds do not answer.
 * {@code -Dgantry.reconcile.containers} says among how many; from 300 on times are required.
 */
class ReconcileTest {
  private static final int CONTAINERS = Integer.getInteger("gantry.reconcile.containers", 24);
  private static final int FROZEN = 3;
  private static final int STRICT = 300;
  private static final Path SHIM = Path.of("/usr/bin/containerd-shim-runc-v2");

  @TempDir Path home;

  @Test
  void restart_withFrozenShims_keepsNobodyWaiting() throws Exception {
    assumeTrue(Files.isExecutable(SHIM), "no " + SHIM);
    try (Daemon daemon = Daemon.gantry(home).start()) {
      Shell shell = daemon.shell(Map.of("SHIM", SHIM.toString()), Duration.ofMinutes(20));
      check(shell, make());
      daemon.kill();
      check(shell, "pkill -STOP -f \"^$SHIM .*-id frozen[0-9]* -address $CONTAINERD_ADDRESS\"");
      try {
        restart(daemon, shell);
      } finally {
        shell.bash("pkill -CONT -f \"^$SHIM .*-id frozen[0-9]* -address $CONTAINERD_ADDRESS\"");
      }
      try (Channels channels = new Channels(daemon.address())) {
        awaitStatuses(channels, Status.RUNNING, CONTAINERS + FROZEN);
      }
      check(
          shell,
          "ctr tasks ls -q | xargs -P 8 -n 1 ctr tasks rm -f && [ -z \"$(ctr tasks ls -q)\" ]");
    }
  }

  private static String make() {
    return """
    set -e
    ctr images import %s > /dev/null
    seq %d | xargs -P 8 -I{} ctr run -d docker.io/library/busybox:latest healthy{} sleep 100000
    seq %d | xargs -I{} ctr run -d --runtime $SHIM docker.io/library/busybox:latest frozen{} \\
      sleep 100000
    """
        .formatted(Daemon.installed().resolve("share/gantry/busybox.tar"), CONTAINERS, FROZEN);
  }

  private void restart(Daemon daemon, Shell shell) throws Exception {
    long begun = System.nanoTime();
    daemon.start();
    long served = System.nanoTime();
    try (Channels channels = new Channels(daemon.address())) {
      long answered = System.nanoTime();
      Map<String, Status> seen = awaitStatuses(channels, Status.RUNNING, CONTAINERS);
      long known = System.nanoTime();
      assertThat(seen.entrySet())
          .filteredOn(task -> task.getKey().startsWith("frozen"))
          .extracting(Map.Entry::getValue)
          .containsOnly(Status.UNKNOWN)
          .hasSize(FROZEN);
      list(channels);
      long again = System.nanoTime();
      check(shell, "ctr tasks exec --exec-id beside healthy1 true");
      check(shell, "ctr run --rm docker.io/library/busybox:latest beside true");
      Shell.Result silent = shell.bash("ctr tasks ps frozen1");
      assertThat(silent.exitCode()).as("a frozen one: %s", silent.all()).isNotZero();
      assertThat(daemon.logText()).contains("is shown as unknown until it is answered for");
      System.out.printf(
          "%d containers and %d frozen shims: answers %d ms after its start, all that answer are"
              + " known %d ms later, listed again in %d ms%n",
          CONTAINERS,
          FROZEN,
          (served - begun) / 1_000_000,
          (known - answered) / 1_000_000,
          (again - known) / 1_000_000);
      if (CONTAINERS >= STRICT) {
        assertThat(Duration.ofNanos(known - served)).isLessThan(Duration.ofSeconds(3));
        assertThat(Duration.ofNanos(again - known)).isLessThan(Duration.ofSeconds(1));
      }
    }
  }

  /** Waits until so many tasks have a status; returns what all have then. */
  private static Map<String, Status> awaitStatuses(Channels channels, Status status, int count)
      throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
    while (true) {
      Map<String, Status> seen = list(channels);
      if (seen.values().stream().filter(status::equals).count() >= count) {
        return seen;
      }
      assertThat(System.nanoTime()).as("%s", seen).isLessThan(end);
    }
  }

  private static Map<String, Status> list(Channels channels) {
    List<Process> tasks =
        Channels.in("default", TasksGrpc.newBlockingStub(channels.bare()))
            .withDeadlineAfter(60, TimeUnit.SECONDS)
            .list(ListTasksRequest.getDefaultInstance())
            .getTasksList();
    return tasks.stream().collect(Collectors.toMap(Process::getId, Process::getStatus));
  }

  private static void check(Shell shell, String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s", script, result.all()).isZero();
  }
}
