// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.linux.MountEntry;
import gantry.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which directories of snapshots are part of a mount. Rather says so once too often: a directory
 * that is mounted is not deleted.
 */
record MountedLayers(List<MountEntry> mounts) {
  private static final Pattern LAYERS = Pattern.compile("(lower|upper|work)dir");
  private static final Pattern SEPARATORS = Pattern.compile("[=:]");

  static MountedLayers now() throws IOException {
    return new MountedLayers(Mounts.list());
  }

  /** Where a directory, or something in it, is mounted. */
  Optional<Path> target(Path directory) {
    return mounts.stream()
        .filter(mount -> isPart(mount, directory))
        .map(MountEntry::target)
        .findFirst();
  }

  private static boolean isPart(MountEntry mount, Path directory) {
    return mount.target().startsWith(directory)
        || isBound(mount.root(), directory)
        || mount.options().stream()
            .filter(option -> LAYERS.matcher(option).lookingAt())
            .anyMatch(option -> names(option, directory));
  }

  /**
   * The kernel names what is bound from the root of its filesystem, which may be mounted deeper.
   */
  private static boolean isBound(String root, Path directory) {
    int count = directory.getNameCount();
    String end = "/" + directory.subpath(Math.max(0, count - 3), count);
    return root.endsWith(end) || root.contains(end + "/");
  }

  /** Long lists of layers are given relative to the directory they share. */
  private static boolean names(String option, Path directory) {
    String whole = directory + "/";
    String relative = directory.getFileName() + "/";
    return SEPARATORS
        .splitAsStream(option)
        .map(word -> word + "/")
        .anyMatch(word -> word.startsWith(whole) || word.startsWith(relative));
  }
}
