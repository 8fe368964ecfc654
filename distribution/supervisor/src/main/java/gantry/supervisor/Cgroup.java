// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import gantry.errors.NotFoundException;
import gantry.linux.OomEvents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;

/**
 * The control group of a container: one directory in version 2, one per controller in version 1.
 */
final class Cgroup {
  private static final String UNIFIED = CgroupMounts.UNIFIED;
  private static final Path NONE = Path.of("/sys/fs/cgroup/none");

  private final Map<String, Path> directories;
  private final Set<Path> all;

  private Cgroup(Map<String, Path> directories) {
    this.all = Set.copyOf(directories.values());
    Map<String, Path> controllers = new HashMap<>(directories);
    if (controllers.size() > 1) {
      // beside version 1 that of version 2 controls nothing
      controllers.remove(UNIFIED);
    }
    this.directories = Map.copyOf(controllers);
  }

  /** A group of version 2. */
  static Cgroup unified(Path directory) {
    return new Cgroup(Map.of(UNIFIED, directory));
  }

  /** A group of version 1, by controller. */
  static Cgroup legacy(Map<String, Path> directories) {
    return new Cgroup(directories);
  }

  /** The group a process is in. */
  static Cgroup of(int pid, CgroupMounts mounts) throws IOException {
    return new Cgroup(mounts.directories(pid));
  }

  /**
   * Removes it, which takes that nothing is in it. A process that has ended is in no group any
   * more, and one may be in a group that was not made for it: then nothing is removed.
   *
   * @param name of a container's own
   * @return whether all were the container's, and none is left
   */
  boolean remove(String name) throws IOException {
    if (all.isEmpty() || !all.stream().allMatch(directory -> directory.endsWith(name))) {
      return false;
    }
    for (Path directory : all) {
      Files.deleteIfExists(directory);
    }
    return true;
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
                .orElse(new CgroupFile(NONE));
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
