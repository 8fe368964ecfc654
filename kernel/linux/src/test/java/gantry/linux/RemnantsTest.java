// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RemnantsTest {
  private final String id = "remnant-" + UUID.randomUUID();

  @Test
  void end_killsWhatDoesNotEndByItself() throws Exception {
    Process stuck = command("sleep 1000");
    assertThat(Remnants.commands("some-root", id)).contains((int) stuck.pid());

    assertThat(Remnants.end("some-root", id, Duration.ZERO)).isTrue();

    assertThat(stuck.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Remnants.commands("some-root", id)).isEmpty();
  }

  @Test
  void end_leavesOthersAlone() throws Exception {
    Process other = command("sleep 1000");

    assertThat(Remnants.end("another-root", id, Duration.ZERO)).isTrue();

    assertThat(other.isAlive()).isTrue();
    other.destroyForcibly();
  }

  @Test
  void removeCgroups_leavesThoseInWhichSomethingRuns() throws Exception {
    Path group = Path.of("/sys/fs/cgroup/pids/gantry-test", id);
    assumeThat(Files.isDirectory(Path.of("/sys/fs/cgroup/pids"))).as("a v1 hierarchy").isTrue();
    Process alive = command("sleep 1000");
    try {
      Files.createDirectories(group);
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(alive.pid()));

      Remnants.removeCgroups("/gantry-test/" + id, id);
      assertThat(group).isDirectory();
      assertThat(alive.isAlive()).isTrue();
      Remnants.end("some-root", id, Duration.ZERO);
      assertThat(alive.waitFor(60, TimeUnit.SECONDS)).isTrue();
      alive.descendants().forEach(ProcessHandle::destroyForcibly);
    } finally {
      for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
    Remnants.removeCgroups("/gantry-test/" + id, "someone-else");
    assertThat(group).isDirectory();
    Remnants.removeCgroups("/gantry-test/" + id, id);
    assertThat(group).doesNotExist();
  }

  private Process command(String script) throws IOException {
    return new ProcessBuilder(List.of("sh", "-c", script + "; :", "some-root", id)).start();
  }
}
