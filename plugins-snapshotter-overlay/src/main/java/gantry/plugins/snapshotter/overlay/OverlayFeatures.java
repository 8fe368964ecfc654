// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Options this kernel wants for an overlay.
 *
 * @param index whether it knows {@code index}, which must be off
 * @param userXattr whether marks go to {@code user.overlay.*}, because this process is root in a
 *     user namespace only
 */
record OverlayFeatures(boolean index, boolean userXattr) {
  private static final String WHOLE_RANGE = "0 0 4294967295";

  static OverlayFeatures detect() throws IOException {
    return detect(Path.of("/"));
  }

  /**
   * Reads them.
   *
   * @param host directory that holds {@code proc} and {@code sys}
   */
  static OverlayFeatures detect(Path host) throws IOException {
    boolean index = Files.exists(host.resolve("sys/module/overlay/parameters/index"));
    return new OverlayFeatures(index, inUserNamespace(host.resolve("proc/self/uid_map")));
  }

  /** The first namespace maps every user to itself. */
  private static boolean inUserNamespace(Path map) throws IOException {
    return Files.exists(map)
        && !Files.readString(map).strip().replaceAll("\\s+", " ").equals(WHOLE_RANGE);
  }
}
