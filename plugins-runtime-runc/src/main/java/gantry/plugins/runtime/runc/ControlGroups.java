// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.FailedPreconditionException;
import gantry.linux.MountEntry;
import gantry.linux.Mounts;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Control groups of both versions as directories, {@code cgroups(7)}. */
final class ControlGroups {
  private ControlGroups() {}

  /**
   * The groups of a process that are named after a task, as the runtime names those it makes;
   * others it shares.
   *
   * @param shared one that is not a task's whatever its name, from the root of each hierarchy
   */
  static List<Path> of(int pid, String task, String shared) throws IOException {
    Set<Path> groups = new LinkedHashSet<>();
    List<MountEntry> mounts =
        Mounts.list().stream().filter(mount -> mount.type().startsWith("cgroup")).toList();
    Set<String> own = Set.copyOf(Files.readAllLines(Path.of("/proc/self/cgroup")));
    for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3
          && !own.contains(line)
          && !parts[2].equals(shared)
          && isNamedAfter(Path.of(parts[2]), task)) {
        directory(mounts, parts[1], parts[2]).ifPresent(groups::add);
      }
    }
    return List.copyOf(groups);
  }

  private static boolean isNamedAfter(Path group, String task) {
    Path last = group.getFileName();
    return last != null
        && (last.toString().equals(task) || last.toString().endsWith("-" + task + ".scope"));
  }

  private static Optional<Path> directory(
      List<MountEntry> mounts, String controllers, String group) {
    for (MountEntry mount : mounts) {
      boolean isIt =
          controllers.isEmpty()
              ? mount.type().equals("cgroup2")
              : mount.type().equals("cgroup")
                  && Set.copyOf(mount.options()).containsAll(List.of(controllers.split(",", -1)));
      if (isIt && Path.of(group).startsWith(mount.root())) {
        return Optional.of(
            mount.target().resolve(Path.of(mount.root()).relativize(Path.of(group))));
      }
    }
    return Optional.empty();
  }

  /** The processes in a group and those below it. */
  static Set<Integer> processes(Path group) throws IOException {
    Set<Integer> pids = new LinkedHashSet<>();
    for (Path directory : tree(group)) {
      try (Stream<String> lines = Files.lines(directory.resolve("cgroup.procs"))) {
        lines
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .forEach(line -> pids.add(Integer.parseInt(line)));
      } catch (NoSuchFileException e) {
        // removed meanwhile
      }
    }
    return pids;
  }

  /**
   * Removes a group and those below it; the kernel refuses to remove one with processes in it.
   *
   * @throws FailedPreconditionException if there are processes in it
   */
  static void remove(Path group) throws IOException {
    Set<Integer> pids = processes(group);
    if (!pids.isEmpty()) {
      throw new FailedPreconditionException(
          "remove control group %s: there are processes in it: %s".formatted(group, pids));
    }
    List<Path> deepestFirst = new ArrayList<>(tree(group));
    deepestFirst.sort(Comparator.comparingInt(Path::getNameCount).reversed());
    for (Path directory : deepestFirst) {
      Files.deleteIfExists(directory);
    }
  }

  private static List<Path> tree(Path group) throws IOException {
    List<Path> tree = new ArrayList<>();
    if (Files.isDirectory(group)) {
      tree.add(group);
      try (DirectoryStream<Path> children = Files.newDirectoryStream(group, Files::isDirectory)) {
        for (Path child : children) {
          tree.addAll(tree(child));
        }
      } catch (NoSuchFileException | NotDirectoryException e) {
        // removed meanwhile
      }
    }
    return tree;
  }
}
