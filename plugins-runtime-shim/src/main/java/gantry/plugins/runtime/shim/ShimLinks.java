// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.InternalException;
import gantry.runtime.TaskRuntime.TaskName;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which bundles are this plugin's: a symbolic link {@code ‹namespace›/‹id›} to each. All else there
 * is to know of a task is in its bundle. Safe for concurrent use, also by two instances.
 */
record ShimLinks(Path directory) {
  private static final Logger LOG = LoggerFactory.getLogger(ShimLinks.class);

  /** Notes where the bundle of a task is. */
  void add(TaskName task, Path bundle) {
    Path link = link(task);
    try {
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, bundle);
    } catch (FileAlreadyExistsException e) {
      // another attempt for the same bundle noted it at the same moment
      LOG.debug("link of task {} is there", task, e);
    } catch (IOException e) {
      throw new InternalException("note task %s: %s".formatted(task.id(), e.getMessage()), e);
    }
  }

  /** Forgets a task. Idempotent. */
  void remove(TaskName task) {
    try {
      Files.deleteIfExists(link(task));
    } catch (IOException e) {
      throw new InternalException("forget task %s: %s".formatted(task.id(), e.getMessage()), e);
    }
  }

  /** The files of a task's bundle; empty if it is none of this plugin's, or gone. */
  Optional<ShimFiles> find(TaskName task) {
    try {
      Path bundle = Files.readSymbolicLink(link(task));
      return Files.isDirectory(bundle) ? Optional.of(new ShimFiles(bundle)) : Optional.empty();
    } catch (NoSuchFileException | NotLinkException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new InternalException("find task %s: %s".formatted(task.id(), e.getMessage()), e);
    }
  }

  /** All tasks, also those whose bundle is gone. */
  List<TaskName> list() {
    List<TaskName> tasks = new ArrayList<>();
    for (Path namespace : children(directory)) {
      for (Path link : children(namespace)) {
        if (Files.isSymbolicLink(link)) {
          tasks.add(
              new TaskName(namespace.getFileName().toString(), link.getFileName().toString()));
        }
      }
    }
    return tasks;
  }

  private Path link(TaskName task) {
    return directory.resolve(task.namespace()).resolve(task.id());
  }

  private static List<Path> children(Path directory) {
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.sorted().toList();
    } catch (IOException e) {
      throw new InternalException("list %s: %s".formatted(directory, e.getMessage()), e);
    }
  }
}
