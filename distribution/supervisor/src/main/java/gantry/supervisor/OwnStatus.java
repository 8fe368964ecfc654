// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.runtime.SupervisorStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this process knows of itself, and the kernel of it. */
final class OwnStatus {
  private static final Logger LOG = LoggerFactory.getLogger(OwnStatus.class);

  /** Property: the version of the product. */
  private static final String VERSION = "gantry.version";

  private static final Path SELF = Path.of("/proc/self");

  private final Instant since = Instant.now();
  private final int upgrades;
  private final int lostTerminals;
  private final IntSupplier tasks;
  private final Supplier<String> failure;

  OwnStatus(int upgrades, int lostTerminals, IntSupplier tasks, Supplier<String> failure) {
    this.upgrades = upgrades;
    this.lostTerminals = lostTerminals;
    this.tasks = tasks;
    this.failure = failure;
  }

  static String version() {
    return System.getProperty(VERSION, "");
  }

  SupervisorStatus get() {
    List<String> memory = lines("smaps_rollup");
    return new SupervisorStatus(
        (int) ProcessHandle.current().pid(),
        version(),
        since,
        upgrades,
        tasks.getAsInt(),
        bytes(memory, "Rss:"),
        bytes(memory, "Pss:"),
        cgroup(),
        oomScore(),
        lostTerminals,
        failure.get());
  }

  private static long bytes(List<String> memory, String name) {
    return memory.stream()
        .filter(line -> line.startsWith(name))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
        .sum();
  }

  /** The deepest of all hierarchies. */
  private static String cgroup() {
    String deepest = "";
    for (String line : lines("cgroup")) {
      String path = line.substring(line.indexOf(':', line.indexOf(':') + 1) + 1);
      if (path.length() > deepest.length()) {
        deepest = path;
      }
    }
    return deepest;
  }

  private static int oomScore() {
    List<String> lines = lines("oom_score_adj");
    return lines.isEmpty() ? 0 : Integer.parseInt(lines.getFirst().strip());
  }

  private static List<String> lines(String name) {
    try {
      return Files.readAllLines(SELF.resolve(name));
    } catch (IOException e) {
      LOG.debug("{} of this process is not readable", name, e);
      return List.of();
    }
  }
}
