// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.runtime.Bundle;
import gantry.runtime.TaskRuntime.TaskName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What tasks were given outside our own directories, by files {@code ‹namespace›/‹id›}: without
 * such a note nobody could tell our control groups from those of another daemon. The lines are the
 * bundle, the first process as {@code pid@start}, and the directories of its control groups. Safe
 * for concurrent use.
 */
final class TaskClaims {
  private static final Logger LOG = LoggerFactory.getLogger(TaskClaims.class);

  private final Path root;
  private final String shared;

  /**
   * Takes where notes are.
   *
   * @param shared a control group that is no task's, from the root of each hierarchy
   */
  TaskClaims(Path root, String shared) {
    this.root = root;
    this.shared = shared;
  }

  /** One note. */
  record Claim(TaskName task, Path bundle, ProcessBirth init, List<Path> groups) {
    Claim {
      groups = List.copyOf(groups);
    }

    /** Whether one of its control groups is still there. */
    boolean hasGroup() {
      return groups.stream().anyMatch(Files::isDirectory);
    }
  }

  /** Notes what a task that was just made has. A task is worth more than the note. */
  void note(Bundle bundle, int pid) {
    try {
      Optional<ProcessBirth> init = ProcessBirth.of(pid);
      if (init.isEmpty()) {
        return;
      }
      List<String> lines = new ArrayList<>();
      lines.add(bundle.state().toString());
      lines.add(init.get().toString());
      ControlGroups.of(pid, bundle.id(), shared).forEach(group -> lines.add(group.toString()));
      Path file = root.resolve(bundle.namespace()).resolve(bundle.id());
      Files.createDirectories(file.resolveSibling(""));
      Path draft = file.resolveSibling("." + file.getFileName());
      Files.write(draft, lines);
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.warn("note what task {} has", bundle.id(), e);
    }
  }

  /** A task is gone; the note stays as long as something of it does not. */
  void settle(TaskName task) {
    try {
      Optional<Claim> claim = find(task);
      if (claim.isPresent() && !claim.get().hasGroup() && !claim.get().init().isAlive()) {
        Files.deleteIfExists(root.resolve(task.namespace()).resolve(task.id()));
      }
    } catch (IOException e) {
      LOG.warn("forget what task {} had", task.id(), e);
    }
  }

  Optional<Claim> find(TaskName task) throws IOException {
    try {
      List<String> lines = Files.readAllLines(root.resolve(task.namespace()).resolve(task.id()));
      if (lines.size() < 2) {
        return Optional.empty();
      }
      return Optional.of(
          new Claim(
              task,
              Path.of(lines.getFirst()),
              ProcessBirth.parse(lines.get(1)),
              lines.stream().skip(2).map(Path::of).toList()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  List<Claim> all() throws IOException {
    List<Claim> claims = new ArrayList<>();
    for (Path namespace : children(root)) {
      for (Path file : children(namespace)) {
        String id = String.valueOf(file.getFileName());
        if (!id.startsWith(".")) {
          find(new TaskName(String.valueOf(namespace.getFileName()), id)).ifPresent(claims::add);
        }
      }
    }
    return claims;
  }

  static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(children::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    return children;
  }
}
