// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class OomEventsTest {
  @TempDir Path dir;
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  private String next() throws InterruptedException {
    return String.valueOf(told.poll(60, TimeUnit.SECONDS));
  }

  @Test
  void changedFiles_areToldApart() throws Exception {
    Path a = Files.writeString(dir.resolve("a"), "oom_kill 0\n");
    Path b = Files.writeString(dir.resolve("b"), "oom_kill 0\n");
    try (OomEvents events = new OomEvents();
        OomEvents.Watch one = events.watchUnified(a, () -> told.add("a"));
        OomEvents.Watch two = events.watchUnified(b, () -> told.add("b"))) {
      assertThat(List.of(one, two)).doesNotContainNull();
      Files.writeString(b, "oom_kill 1\n");
      assertThat(next()).isEqualTo("b");
      Files.writeString(a, "oom_kill 1\n");
      String other = next();
      while (other.equals("b")) {
        // emptying a file and filling it may be two changes
        other = next();
      }
      assertThat(other).isEqualTo("a");
    }
  }

  @Test
  void closedWatch_tellsNothing() throws Exception {
    Path a = Files.writeString(dir.resolve("a"), "oom_kill 0\n");
    Path b = Files.writeString(dir.resolve("b"), "oom_kill 0\n");
    try (OomEvents events = new OomEvents()) {
      events.watchUnified(a, () -> told.add("a")).close();
      events.watchUnified(b, () -> told.add("b"));
      Files.writeString(a, "oom_kill 1\n");
      Files.writeString(b, "oom_kill 1\n");
      assertThat(next()).isEqualTo("b");
      assertThat(told).doesNotContain("a");
    }
  }

  @Test
  void missingGroup_isAnError() throws Exception {
    try (OomEvents events = new OomEvents()) {
      assertThatThrownBy(() -> events.watchUnified(dir.resolve("none"), () -> {}))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> events.watchLegacy(dir.resolve("none"), count -> {}))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void groupWithoutMemory_isTold() throws Exception {
    Path root = memoryController().orElse(dir);
    assumeTrue(!root.equals(dir), "no memory controller of version 1 here");
    Path group = Files.createDirectory(root.resolve("gantry-oom-" + ProcessHandle.current().pid()));
    try (OomEvents events = new OomEvents()) {
      Files.writeString(group.resolve("memory.limit_in_bytes"), "8388608");
      events.watchLegacy(group, count -> told.add("oom"));
      Process eater =
          new ProcessBuilder(
                  "/bin/sh",
                  "-c",
                  "echo $$ > "
                      + group
                      + "/cgroup.procs; x=0; for i in $(seq 30); do x=$x$x$x; done")
              .start();
      assertThat(next()).isEqualTo("oom");
      eater.destroyForcibly().waitFor();
    } finally {
      removeWhenEmpty(group);
    }
  }

  private static void removeWhenEmpty(Path group) throws Exception {
    for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
      if (process.isPresent()) {
        process.get().destroyForcibly();
        process.get().onExit().get(60, TimeUnit.SECONDS);
      }
    }
    Files.delete(group);
  }

  private static Optional<Path> memoryController() throws IOException {
    return Mounts.list().stream()
        .filter(mount -> mount.type().equals("cgroup") && mount.options().contains("memory"))
        .map(MountEntry::target)
        .findFirst();
  }
}
