// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.linux.Fifos;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Directories of pipes that clients have made beside the daemon's socket, and left: no task that
 * the supervisor has written of uses them, nobody has one open, and nobody is just making them.
 *
 * @param directory where clients make them; empty if it is not ours alone
 */
record FifoInspection(Optional<Path> directory, Traces traces) {
  static final String KIND = "fifo-directory";

  /** Between its making and the task's creation nothing but its age tells that it is wanted. */
  private static final Duration MAKING_MAX = Duration.ofMinutes(1);

  /**
   * For pipes beside a socket. If the daemon's state is not there too, the directory is another's,
   * or shared.
   */
  static FifoInspection beside(Path socket, Path state, Traces traces) {
    Path parent = socket.resolveSibling("");
    return new FifoInspection(
        state.startsWith(parent) ? Optional.of(parent.resolve("fifo")) : Optional.empty(), traces);
  }

  List<Finding> inspect() throws IOException {
    List<Path> candidates = new ArrayList<>();
    if (directory.isPresent() && Files.isDirectory(directory.get())) {
      for (Path pipes : TaskClaims.children(directory.get())) {
        if (isOld(pipes) && holdsPipesOnly(pipes)) {
          candidates.add(pipes);
        }
      }
    }
    if (candidates.isEmpty()) {
      return List.of();
    }
    Set<Path> used = used();
    List<Finding> findings = new ArrayList<>();
    for (Path pipes : candidates) {
      if (!used.contains(pipes)) {
        findings.add(finding(pipes));
      }
    }
    return findings;
  }

  private static Finding finding(Path pipes) throws IOException {
    return new Finding(
        KIND,
        pipes.toString(),
        Files.getLastModifiedTime(pipes).toInstant(),
        Finding.UNKNOWN,
        owner(pipes),
        "no task uses these pipes, and nobody has them open",
        "delete them");
  }

  /** Pipes are named {@code ‹process›-stdin} and so on. */
  private static String owner(Path pipes) throws IOException {
    return TaskClaims.children(pipes).stream()
        .map(pipe -> String.valueOf(pipe.getFileName()).replaceAll("-std(in|out|err)$", ""))
        .findFirst()
        .orElse(SupervisedRunc.PLUGIN);
  }

  private static boolean isOld(Path pipes) throws IOException {
    return Files.isDirectory(pipes, LinkOption.NOFOLLOW_LINKS)
        && Files.getLastModifiedTime(pipes).toInstant().plus(MAKING_MAX).isBefore(Instant.now());
  }

  private static boolean holdsPipesOnly(Path pipes) throws IOException {
    for (Path pipe : TaskClaims.children(pipes)) {
      if (Files.isSymbolicLink(pipe) || !Fifos.is(pipe)) {
        return false;
      }
    }
    return true;
  }

  /** Directories of which a task, or any process of the host, has a pipe. */
  private Set<Path> used() throws IOException {
    Set<Path> used = new HashSet<>();
    traces.pipes().stream()
        .filter(name -> name.startsWith("/"))
        .forEach(name -> used.add(Path.of(name).resolveSibling("")));
    for (Path process : TaskClaims.children(Path.of("/proc"))) {
      if (Character.isDigit(process.getFileName().toString().charAt(0))) {
        addOpen(process.resolve("fd"), used);
      }
    }
    return used;
  }

  private static void addOpen(Path descriptors, Set<Path> used) {
    try {
      for (Path descriptor : TaskClaims.children(descriptors)) {
        Path target = Files.readSymbolicLink(descriptor);
        if (target.isAbsolute()) {
          used.add(target.resolveSibling(""));
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      // the process ended
      return;
    }
  }

  void mend(Path pipes) throws IOException {
    if (directory.isEmpty() || !directory.get().equals(pipes.resolveSibling(""))) {
      throw new InvalidArgumentException("delete pipes %s: not where ours are".formatted(pipes));
    }
    if (!Files.exists(pipes, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!isOld(pipes) || !holdsPipesOnly(pipes) || used().contains(pipes)) {
      throw new FailedPreconditionException("delete pipes %s: they are used".formatted(pipes));
    }
    for (Path pipe : TaskClaims.children(pipes)) {
      Files.deleteIfExists(pipe);
    }
    Files.deleteIfExists(pipes);
  }
}
