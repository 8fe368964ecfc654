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
  private OverlayForm() {}

  static List<Mount> of(List<Mount> mounts) {
    if (mounts.size() != 1 || !mounts.getFirst().type().equals("bind")) {
      return mounts;
    }
    Mount bind = mounts.getFirst();
    List<String> options = new ArrayList<>(bind.options());
    options.remove("rbind");
    options.add("upperdir=" + bind.source());
    return List.of(Mount.of("overlay", "overlay", options));
  }
}
