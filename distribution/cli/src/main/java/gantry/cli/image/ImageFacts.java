// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.images.Image;
import gantry.oci.Descriptor;
import java.util.List;

/**
 * An image with all that is in it.
 *
 * @param usedBy ids of containers made from its name
 */
record ImageFacts(Image image, List<Part> parts, List<String> usedBy) {
  /** Bytes of all parts that are in the content store; what parts share counts for each. */
  long present() {
    return parts.stream().mapToLong(Part::present).sum();
  }

  /**
   * One manifest of an image.
   *
   * @param kind its platform, or what else it is
   * @param size bytes of the manifest and all it refers to; 0 if the manifest is not there
   * @param present bytes of these that are in the content store
   * @param unpacked whether there is a snapshot of it; always false for what is no image
   * @param usedBy ids of containers whose filesystem is built on it
   */
  record Part(
      String kind,
      Descriptor manifest,
      long size,
      long present,
      boolean unpacked,
      List<String> usedBy) {
    /** {@code complete}, {@code partial} or {@code absent}. */
    String status() {
      if (size == 0) {
        return "absent";
      }
      return present == size ? "complete" : "partial";
    }
  }
}
