// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.linux.TempMount;
import gantry.linux.files.Directory;
import gantry.mounts.Mount;
import gantry.plugins.HostProbe;
import gantry.plugins.PluginDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Tries an overlay where the snapshots will be. The kernel's list of filesystems would not do: the
 * module may not be loaded yet, and not every filesystem can carry one.
 */
@Component(configurationPid = OverlaySnapshotter.PLUGIN)
public final class OverlayProbe implements HostProbe {
  static final String CONDITION = "host.fs.overlay";

  private static final String DELETED = "deleted";

  private final Path root;

  /** Takes the directory where the snapshots will be. */
  @Activate
  public OverlayProbe(@Reference PluginDirectories directories, OverlaySnapshotter.Config config) {
    this(OverlaySettings.root(directories, config.rootPath()));
  }

  OverlayProbe(Path root) {
    this.root = root;
  }

  @Override
  public String condition() {
    return CONDITION;
  }

  @Override
  public Optional<String> missing() {
    try {
      Files.createDirectories(
          root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path trial = Files.createTempDirectory(root, "probe-");
      try {
        return tryOverlay(trial);
      } finally {
        delete(trial);
      }
    } catch (IOException e) {
      return Optional.of("overlayfs cannot be used in %s: %s".formatted(root, e.getMessage()));
    }
  }

  private Optional<String> tryOverlay(Path trial) throws IOException {
    for (String name : List.of("lower1", "lower2", "upper", "work")) {
      Files.createDirectory(trial.resolve(name));
    }
    Files.createFile(trial.resolve("lower1").resolve(DELETED));
    try (TempMount mount = TempMount.of(List.of(overlay(trial)), trial)) {
      Files.delete(mount.path().resolve(DELETED));
      // Without types in directory entries the mark of a deletion shows up in the listing.
      return isEmpty(mount.path())
          ? Optional.empty()
          : Optional.of(
              ("the filesystem of %s does not support d_type, which overlayfs needs;"
                      + " reformat it (xfs: with ftype=1) or set root_path to another")
                  .formatted(root));
    }
  }

  private static Mount overlay(Path trial) throws IOException {
    List<String> options = new ArrayList<>();
    if (OverlayFeatures.detect().userXattr()) {
      options.add("userxattr");
    }
    options.add("workdir=" + trial.resolve("work"));
    options.add("upperdir=" + trial.resolve("upper"));
    options.add("lowerdir=" + trial.resolve("lower2") + ":" + trial.resolve("lower1"));
    return Mount.of("overlay", "overlay", options);
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (Directory directory = Directory.open(path)) {
      return directory.list().isEmpty();
    }
  }

  private void delete(Path trial) throws IOException {
    try (Directory directory = Directory.open(root)) {
      directory.removeTree(String.valueOf(trial.getFileName()));
    }
  }
}
