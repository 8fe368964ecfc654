// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The control groups that containers of a namespace are put below: {@code /<namespace>} of the
 * unified hierarchy, or of each controller's where there are several, cgroups(7).
 */
final class NamespaceCgroup {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  private final Path root;
  private final String namespace;

  NamespaceCgroup(Path root, String namespace) {
    if (namespace.isEmpty() || namespace.contains("/") || namespace.startsWith(".")) {
      throw new InvalidArgumentException(
          "remove cgroup \"%s\": not the name of a namespace".formatted(namespace));
    }
    this.root = root;
    this.namespace = namespace;
  }

  static NamespaceCgroup of(String namespace) {
    return new NamespaceCgroup(ROOT, namespace);
  }

  /** Removes them with the empty groups below; fails if a process is in one. */
  void remove() throws IOException {
    for (Path group : groups()) {
      try (Stream<Path> below = Files.walk(group)) {
        for (Path directory : below.filter(Files::isDirectory).toList().reversed()) {
          Files.delete(directory);
        }
      } catch (FileSystemException used) {
        throw new IOException(
            "remove cgroup %s: in use: stop the processes in it".formatted(group), used);
      }
    }
  }

  private List<Path> groups() throws IOException {
    if (Files.exists(root.resolve("cgroup.controllers"))) {
      return Stream.of(root.resolve(namespace)).filter(Files::isDirectory).toList();
    }
    try (Stream<Path> hierarchies = Files.list(root)) {
      return hierarchies
          .filter(hierarchy -> !Files.isSymbolicLink(hierarchy))
          .map(hierarchy -> hierarchy.resolve(namespace))
          .filter(Files::isDirectory)
          .toList();
    }
  }
}
