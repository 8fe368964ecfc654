// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is left of a container when somebody was killed in the middle of its making: commands of the
 * runtime that go on by themselves, and control groups that no record names. Safe for concurrent
 * use.
 */
public final class Remnants {
  private static final Path PROC = Path.of("/proc");
  private static final Duration DEATH = Duration.ofSeconds(3);

  private Remnants() {}

  /**
   * The processes that have both words among their arguments, other than this one.
   *
   * @return their numbers
   */
  public static List<Integer> commands(String word, String other) throws IOException {
    List<Integer> found = new ArrayList<>();
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path process : processes) {
        int pid = Integer.parseInt(process.getFileName().toString());
        if (pid != self && has(pid, word, other)) {
          found.add(pid);
        }
      }
    }
    return found;
  }

  /**
   * Waits for such processes to end, then kills those that do not.
   *
   * @param patience how long they may take by themselves
   * @return whether there is none left
   */
  public static boolean end(String word, String other, Duration patience) throws IOException {
    boolean all = true;
    long end = System.nanoTime() + patience.toNanos();
    for (int pid : commands(word, other)) {
      try (PidFd process = PidFd.open(pid)) {
        // The number may be another process's by now.
        if (has(pid, word, other) && !ends(process, Duration.ofNanos(end - System.nanoTime()))) {
          process.signal(Processes.SIGKILL);
          all &= ends(process, DEATH);
        }
      } catch (ErrnoException e) {
        if (!e.is(Errno.ESRCH)) {
          throw e;
        }
      }
    }
    return all;
  }

  /**
   * Removes a control group from every hierarchy once what is in it has ended. No error where there
   * is none; one in which something goes on for seconds stays, for it is somebody else's.
   *
   * @param path from the root of a hierarchy; nothing is done unless its last name contains the
   *     container's, so that no group of others is ever touched
   */
  public static void removeCgroups(String path, String container) throws IOException {
    Path relative = Path.of("/").relativize(Path.of("/" + path).normalize());
    if (container.isEmpty() || !relative.getFileName().toString().contains(container)) {
      return;
    }
    for (MountEntry entry : Mounts.list()) {
      if (entry.type().equals("cgroup") || entry.type().equals("cgroup2")) {
        removeCgroup(entry.target().resolve(relative));
      }
    }
  }

  private static void removeCgroup(Path group) throws IOException {
    if (!Files.isDirectory(group)) {
      return;
    }
    long end = System.nanoTime() + DEATH.toNanos();
    for (String line : lines(group.resolve("cgroup.procs"))) {
      awaitEnd(Integer.parseInt(line), Duration.ofNanos(end - System.nanoTime()));
    }
    try {
      Files.deleteIfExists(group);
    } catch (IOException e) {
      // Somebody else has a container of that name, and this group is its own.
      if (lines(group.resolve("cgroup.procs")).isEmpty()) {
        throw e;
      }
    }
  }

  private static void awaitEnd(int pid, Duration limit) throws IOException {
    try (PidFd process = PidFd.open(pid)) {
      ends(process, limit);
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  private static boolean ends(PidFd process, Duration limit) throws IOException {
    Duration left = limit.isNegative() ? Duration.ZERO : limit;
    return Poll.await(process.fd(), Poll.READABLE, left) != 0;
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static boolean has(int pid, String word, String other) {
    try {
      byte[] line = Files.readAllBytes(PROC.resolve(Integer.toString(pid)).resolve("cmdline"));
      List<String> words = Arrays.asList(new String(line, StandardCharsets.UTF_8).split("\0", -1));
      return words.contains(word) && words.contains(other);
    } catch (IOException e) {
      // it has ended
      return false;
    }
  }
}
