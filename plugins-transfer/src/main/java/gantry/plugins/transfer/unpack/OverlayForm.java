// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.mounts.Mount;
import java.util.ArrayList;
import java.util.List;

/**
 * The mounts of a snapshot that will get a parent later. Such a one is a plain directory yet, shown
 * by a bind mount; what is unpacked into it has to be written as into the upper directory of an
 * overlay, or deletions would be lost.
 */
final class OverlayForm {
  /**
   * What is below is not there yet. A layer that has to know it, because it lacks directories that
   * its own entries are in, finds this and fails; then it is unpacked again on what is below.
   */
  private static final String UNKNOWN = "lowerdir=/dev/null";

  private OverlayForm() {}

  static List<Mount> of(List<Mount> mounts) {
    if (mounts.size() != 1 || !mounts.getFirst().type().equals("bind")) {
      return mounts;
    }
    Mount bind = mounts.getFirst();
    List<String> options = new ArrayList<>(bind.options());
    options.remove("rbind");
    options.add("upperdir=" + bind.source());
    options.add(UNKNOWN);
    return List.of(Mount.of("overlay", "overlay", options));
  }
}
