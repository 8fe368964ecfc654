// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * All that a daemon and its supervisor have taken of the host, to be compared with what they had
 * before.
 *
 * @param files below their home, apart from logs and from what a database keeps beside itself
 * @param mounts below their home
 * @param cgroups with a mark in their name, in all hierarchies
 * @param processes begun by the two, dead ones that nobody has collected among them
 * @param descriptors open in each, by kind
 */
record Holdings(
    Set<String> files,
    List<String> mounts,
    Set<String> cgroups,
    Set<String> processes,
    Map<String, Integer> descriptors) {
  /** Opened as they are wanted, so many at most. */
  private static final int CONNECTIONS = 10;

  private static final String DATABASE = ".*\\.db(-wal|-shm)?";

  /**
   * Looks.
   *
   * @param mark in the names of the containers
   */
  static Holdings of(Path home, String mark, long daemon, long supervisor) throws IOException {
    return new Holdings(
        files(home),
        mounts(home),
        marked(Path.of("/sys/fs/cgroup"), mark),
        processes(daemon, supervisor),
        descriptors(daemon, supervisor));
  }

  /** What is held now and was not then. */
  List<String> beyond(Holdings before) {
    List<String> more = new ArrayList<>();
    files.stream().filter(f -> !before.files.contains(f)).forEach(f -> more.add("file " + f));
    mounts.stream().filter(m -> !before.mounts.contains(m)).forEach(m -> more.add("mount " + m));
    cgroups.forEach(cgroup -> more.add("cgroup " + cgroup));
    processes.stream()
        .filter(p -> !before.processes.contains(p))
        .forEach(p -> more.add("process " + p));
    descriptors.forEach(
        (kind, count) -> {
          int was = before.descriptors.getOrDefault(kind, 0);
          if (count > Math.max(was, kind.matches(DATABASE) ? CONNECTIONS : 0)) {
            more.add("descriptors %s: %d after %d".formatted(kind, count, was));
          }
        });
    return more;
  }

  private static Set<String> files(Path home) throws IOException {
    Set<String> found = new TreeSet<>();
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes about) {
            found.add(directory.toString());
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
            if (!file.toString().matches(".*(\\.log(\\.\\d)?|-wal|-shm|-journal)")) {
              found.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            // it went while it was looked at
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static List<String> mounts(Path home) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/mounts"))) {
      return lines
          .map(line -> line.split(" ", 3)[1])
          .filter(target -> target.startsWith(home + "/"))
          .sorted()
          .toList();
    }
  }

  private static Set<String> marked(Path top, String mark) throws IOException {
    Set<String> found = new TreeSet<>();
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes about) {
            if (String.valueOf(directory.getFileName()).contains(mark)) {
              found.add(directory.toString());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
            return FileVisitResult.CONTINUE;
          }
        });
    return found;
  }

  private static Set<String> processes(long daemon, long supervisor) {
    Set<String> found = new TreeSet<>();
    for (long parent : new long[] {daemon, supervisor}) {
      ProcessHandle.of(parent).stream()
          .flatMap(ProcessHandle::descendants)
          .forEach(child -> found.add(child.pid() + " " + child.info().command().orElse("dead")));
    }
    return found;
  }

  private static Map<String, Integer> descriptors(long daemon, long supervisor) throws IOException {
    Map<String, Integer> counts = new TreeMap<>();
    count("daemon", daemon, counts);
    count("supervisor", supervisor, counts);
    return counts;
  }

  private static void count(String whose, long pid, Map<String, Integer> counts)
      throws IOException {
    try (Stream<Path> list = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      list.filter(fd -> Files.exists(fd, LinkOption.NOFOLLOW_LINKS))
          .map(Holdings::kind)
          .forEach(kind -> counts.merge(whose + " " + kind, 1, Integer::sum));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Numbers of sockets and pipes differ each time. */
  private static String kind(Path fd) {
    try {
      return Files.readSymbolicLink(fd).toString().replaceAll("\\[\\d+]", "");
    } catch (IOException e) {
      return "closed";
    }
  }
}
