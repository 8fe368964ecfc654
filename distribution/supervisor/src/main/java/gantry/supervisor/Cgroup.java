// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import gantry.errors.NotFoundException;
import gantry.linux.Filesystems;
import gantry.linux.MountEntry;
import gantry.linux.Mounts;
import gantry.linux.OomEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * The control group of a container: one directory in version 2, one per controller in version 1.
 */
final class Cgroup {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String UNIFIED = "";

  private final Map<String, Path> directories;

  private Cgroup(Map<String, Path> directories) {
    this.directories = Map.copyOf(directories);
  }

  /** A group of version 2. */
  static Cgroup unified(Path directory) {
    return new Cgroup(Map.of(UNIFIED, directory));
  }

  /** A group of version 1, by controller. */
  static Cgroup legacy(Map<String, Path> directories) {
    return new Cgroup(directories);
  }

  /** The group a process is in, {@code cgroups(7)}. */
  static Cgroup of(int pid) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"));
    boolean unified = Filesystems.magic(ROOT) == Filesystems.CGROUP2;
    Map<String, Path> roots = unified ? Map.of(UNIFIED, ROOT) : legacyRoots();
    Map<String, Path> directories = new HashMap<>();
    for (String line : lines) {
      String[] parts = line.split(":", 3);
      for (String controller : parts[1].split(",", -1)) {
        Path root = roots.get(controller);
        if (root != null) {
          directories.put(controller, Path.of(root + parts[2]));
        }
      }
    }
    return new Cgroup(directories);
  }

  private static Map<String, Path> legacyRoots() throws IOException {
    Map<String, Path> roots = new HashMap<>();
    for (MountEntry mount : Mounts.list()) {
      if (mount.type().equals("cgroup")) {
        mount.options().forEach(option -> roots.putIfAbsent(option, mount.target()));
      }
    }
    return roots;
  }

  /** What it has used. */
  Any metrics() throws IOException {
    Path unified = directories.get(UNIFIED);
    if (unified != null) {
      return pack("io.containerd.cgroups.v2.Metrics", UnifiedMetrics.read(unified).toByteString());
    }
    if (directories.isEmpty()) {
      throw new NotFoundException("cgroup does not exist");
    }
    return pack("io.containerd.cgroups.v1.Metrics", LegacyMetrics.read(this).toByteString());
  }

  private static Any pack(String type, com.google.protobuf.ByteString value) {
    return Any.newBuilder().setTypeUrl(type).setValue(value).build();
  }

  /** How often the kernel killed something in it for want of memory. */
  long oomKills() throws IOException {
    Path unified = directories.get(UNIFIED);
    CgroupFile file =
        unified != null
            ? new CgroupFile(unified.resolve("memory.events"))
            : controller("memory")
                .map(path -> new CgroupFile(path.resolve("memory.oom_control")))
                .orElse(new CgroupFile(ROOT.resolve("none")));
    return file.table().getOrDefault("oom_kill", 0L);
  }

  /**
   * Tells when the kernel kills something in it for want of memory; closed at once if there is no
   * memory controller.
   *
   * @param told how often that was, or 0 if {@link #oomKills} says it
   */
  OomEvents.Watch watch(OomEvents events, LongConsumer told) throws IOException {
    Path unified = directories.get(UNIFIED);
    if (unified != null) {
      return events.watchUnified(unified.resolve("memory.events"), () -> told.accept(0));
    }
    Path memory = directories.get("memory");
    return memory == null ? () -> {} : events.watchLegacy(memory, told);
  }

  /** The directory of a controller of version 1. */
  Optional<Path> controller(String name) {
    return Optional.ofNullable(directories.get(name));
  }
}
