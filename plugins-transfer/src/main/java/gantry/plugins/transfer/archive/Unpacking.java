// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.metadata.Caller;
import gantry.oci.Descriptor;
import gantry.oci.Platform;
import gantry.transfer.ProgressListener;
import java.io.IOException;

/** Makes snapshots of the layers of images. Safe for concurrent use. */
@FunctionalInterface
public interface Unpacking {
  /**
   * Unpacks one image, all of whose content is there. What is unpacked already stays.
   *
   * @param caller with the lease the snapshots go into
   * @param manifest of the image, not an index
   * @param snapshotter its name; empty for the default
   * @throws gantry.errors.GantryException if a layer is missing, damaged or not what the
   *     configuration says
   */
  void unpack(
      Caller caller,
      Descriptor manifest,
      Platform platform,
      String snapshotter,
      ProgressListener progress)
      throws IOException;
}
