// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import gantry.linux.TempMount;
import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Small files of a root filesystem that is not mounted. Layers of overlay and bind mounts are read
 * where they are; for anything else the filesystem is mounted for a moment. Symbolic links are not
 * followed: they could lead out of it.
 */
final class RootFiles {
  private final List<Path> layers;
  private final List<Mount> mounts;

  private RootFiles(List<Path> layers, List<Mount> mounts) {
    this.layers = layers;
    this.mounts = mounts;
  }

  /** Of a directory of the host. */
  static RootFiles of(Path directory) {
    return new RootFiles(List.of(directory), List.of());
  }

  /** Of what these mounts would give. */
  static RootFiles of(List<Mount> mounts) {
    List<Path> layers = new ArrayList<>();
    if (mounts.size() == 1) {
      Mount mount = mounts.getFirst();
      switch (mount.type()) {
        case "bind" -> layers.add(Path.of(mount.source()));
        case "overlay" -> {
          mount.options().forEach(option -> directories("upperdir=", option, layers));
          mount.options().forEach(option -> directories("lowerdir=", option, layers));
        }
        default -> {}
      }
    }
    return new RootFiles(List.copyOf(layers), mounts);
  }

  /** The lines of a file of {@code /etc}; none if it is not there. */
  List<String> etc(String name) throws IOException {
    if (layers.isEmpty()) {
      try (TempMount mount = TempMount.of(mounts, Path.of(System.getProperty("java.io.tmpdir")))) {
        return lines(mount.path(), name);
      }
    }
    for (Path layer : layers) {
      Path file = layer.resolve("etc").resolve(name);
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return lines(layer, name);
      }
    }
    return List.of();
  }

  private static List<String> lines(Path root, String name) throws IOException {
    Path etc = root.resolve("etc");
    Path file = etc.resolve(name);
    boolean plain =
        Files.isDirectory(etc, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
    return plain ? Files.readAllLines(file) : List.of();
  }

  private static void directories(String key, String option, List<Path> into) {
    if (option.startsWith(key)) {
      for (String directory : option.substring(key.length()).split(":", -1)) {
        into.add(Path.of(directory));
      }
    }
  }
}
