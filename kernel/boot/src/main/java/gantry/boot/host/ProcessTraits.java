// SPDX-License-Identifier: Apache-2.0
package gantry.boot.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the host's kernel treats the daemon's process. What it refuses is logged: the daemon can do
 * without.
 */
public final class ProcessTraits {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessTraits.class);
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private ProcessTraits() {}

  /**
   * Sets traits of this process.
   *
   * @param oomScore adjustment, -1000 to 1000; 0 leaves it
   * @param cgroup below the root of the unified hierarchy; empty leaves it
   */
  public static void apply(long oomScore, String cgroup) {
    if (oomScore != 0) {
      write(Path.of("/proc/self/oom_score_adj"), Long.toString(oomScore));
    }
    if (!cgroup.isEmpty()) {
      Path directory = CGROUPS.resolve(cgroup.startsWith("/") ? cgroup.substring(1) : cgroup);
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        LOG.warn("make cgroup {}: {}", directory, e.toString());
        return;
      }
      write(directory.resolve("cgroup.procs"), Long.toString(ProcessHandle.current().pid()));
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      LOG.warn("write {} to {}: {}", text, file, e.toString());
    }
  }
}
