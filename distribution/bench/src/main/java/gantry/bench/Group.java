// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A control group that counts the processor time of a daemon, of all it starts and of its
 * containers, also of those that have ended. Two forms: version 1 with {@code cpuacct}, and version
 * 2.
 *
 * @param hierarchy where the counting hierarchy is mounted
 * @param name of the group below it
 */
record Group(Path hierarchy, String name) {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MICROS_PER_MILLI = 1e3;

  /** Makes a group; empty if this host does not let us. */
  static Optional<Group> make(String name) {
    boolean isUnified = Files.exists(ROOT.resolve("cgroup.controllers"));
    Group group = new Group(isUnified ? ROOT : ROOT.resolve("cpuacct"), name);
    try {
      Files.createDirectories(group.programs());
      return Optional.of(group);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Where the daemon and its helpers are; version 2 wants processes in leaves only. */
  Path programs() {
    return hierarchy.resolve(name).resolve("programs");
  }

  /** For the supervisor, from the root of each hierarchy. */
  String supervisorPath() {
    return "/" + name + "/supervisor";
  }

  /** For a container's specification. */
  String containerPath(String id) {
    return "/" + name + "/containers/" + id;
  }

  /** Processor time so far, milliseconds. */
  double millis() throws IOException {
    return millis(hierarchy.resolve(name));
  }

  /** Processor time so far of the group that a process has moved to by itself; 0 if it has not. */
  double millisElsewhere(List<Long> processes) throws IOException {
    double sum = 0;
    for (String path : processes.stream().map(this::path).distinct().toList()) {
      if (!path.isEmpty() && !path.equals("/") && !path.startsWith("/" + name + "/")) {
        sum += millis(hierarchy.resolve(path.substring(1)));
      }
    }
    return sum;
  }

  /** Kills whatever is in it. */
  void kill() {
    try (Stream<Path> files = Files.walk(hierarchy.resolve(name))) {
      for (Path file : files.filter(f -> f.endsWith("cgroup.procs")).toList()) {
        for (String pid : Files.readAllLines(file)) {
          ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    } catch (IOException e) {
      // gone already
    }
  }

  /** Removes it from all hierarchies, since runc makes its containers' groups in each. */
  void remove() {
    List<Path> hierarchies = new ArrayList<>(List.of(ROOT));
    try (Stream<Path> mounted = Files.list(ROOT)) {
      mounted.filter(Files::isDirectory).forEach(hierarchies::add);
    } catch (IOException e) {
      // then there is nothing to remove
    }
    hierarchies.forEach(mount -> removeTree(mount.resolve(name)));
  }

  private static void removeTree(Path top) {
    if (!Files.isDirectory(top)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(top)) {
      for (Path group :
          tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(group);
      }
    } catch (IOException e) {
      // a process that is being killed is still in it; the next attempt comes when the run ends
    }
  }

  private String path(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "cgroup"))) {
        List<String> parts = List.of(line.split(":", 3));
        boolean counts =
            hierarchy.equals(ROOT)
                ? parts.get(1).isEmpty()
                : List.of(parts.get(1).split(",", -1)).contains("cpuacct");
        if (counts) {
          return parts.get(2);
        }
      }
    } catch (IOException e) {
      // it has ended
    }
    return "";
  }

  private static double millis(Path group) throws IOException {
    Path usage = group.resolve("cpuacct.usage");
    if (Files.exists(usage)) {
      return Long.parseLong(Files.readString(usage).strip()) / NANOS_PER_MILLI;
    }
    for (String line : Files.readAllLines(group.resolve("cpu.stat"))) {
      if (line.startsWith("usage_usec ")) {
        return Long.parseLong(line.substring(line.indexOf(' ') + 1)) / MICROS_PER_MILLI;
      }
    }
    throw new IOException("read processor time of " + group + ": the kernel does not count it");
  }
}
