// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.PluginDirectories;
import java.nio.file.Path;
import java.util.List;

/**
 * What the operator set.
 *
 * @param root of everything the snapshotter keeps
 * @param upperdirLabel whether snapshots carry a label that tells where their layer is
 * @param syncRemove whether a removal returns only when the bytes are gone
 * @param slowChown whether clients may copy layers to change their owners
 * @param mountOptions further options of overlays
 */
record OverlaySettings(
    Path root,
    boolean upperdirLabel,
    boolean syncRemove,
    boolean slowChown,
    List<String> mountOptions) {

  OverlaySettings {
    mountOptions = List.copyOf(mountOptions);
    String path = root.toString();
    if (path.indexOf(':') >= 0 || path.indexOf(',') >= 0 || path.indexOf('\\') >= 0) {
      throw new InvalidArgumentException(
          ("open snapshots in \"%s\": overlayfs cannot name paths with a colon, comma or backslash,"
                  + " set root_path to another")
              .formatted(path));
    }
  }

  static OverlaySettings of(PluginDirectories directories, OverlaySnapshotter.Config config) {
    return new OverlaySettings(
        root(directories, config.rootPath()),
        config.upperdirLabel(),
        config.syncRemove(),
        config.slowChown(),
        List.of(config.mountOptions()));
  }

  /** Where snapshots are: what was configured, else the plugin's own directory. */
  static Path root(PluginDirectories directories, String configured) {
    return configured.isEmpty()
        ? directories.root(OverlaySnapshotter.PLUGIN)
        : Path.of(configured).toAbsolutePath();
  }

  /** The defaults, for tests. */
  static OverlaySettings of(Path root) {
    return new OverlaySettings(root, false, false, false, List.of());
  }
}
