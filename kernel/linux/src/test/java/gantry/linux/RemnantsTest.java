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
  void removeCgroups_killsWhatIsInThem() throws Exception {
    Path group = Path.of("/sys/fs/cgroup/pids/gantry-test", id);
    assumeThat(Files.isDirectory(Path.of("/sys/fs/cgroup/pids"))).as("a v1 hierarchy").isTrue();
    Process stuck = command("sleep 1000");
    try {
      Files.createDirectories(group);
      Files.writeString(group.resolve("cgroup.procs"), Long.toString(stuck.pid()));

      Remnants.removeCgroups("/gantry-test/" + id, "someone-else");
      assertThat(group).isDirectory();
      Remnants.removeCgroups("/gantry-test/" + id, id);

      assertThat(group).doesNotExist();
      assertThat(stuck.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      stuck.destroyForcibly();
      Files.deleteIfExists(group.getParent());
    }
  }

  private Process command(String script) throws IOException {
    return new ProcessBuilder(List.of("sh", "-c", script + "; :", "some-root", id)).start();
  }
}
