// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Digest;
import java.util.List;

/**
 * What the store needs of an image's configuration: OCI image specification "Image Configuration".
 *
 * @param diffIds digests of the uncompressed layers, lowest first; empty for artifacts that are no
 *     images
 */
public record ImageConfig(ImagePlatform platform, List<Digest> diffIds) {
  /** Copies the digests. */
  public ImageConfig {
    diffIds = List.copyOf(diffIds);
  }

  /**
   * Reads a configuration.
   *
   * @throws gantry.errors.InvalidArgumentException if it is none
   */
  public static ImageConfig parse(byte[] json) {
    String what = "image configuration";
    ObjectNode tree = Json.object(what, json);
    ObjectNode rootfs = Json.child(what, tree, "rootfs");
    List<Digest> diffIds =
        rootfs == null
            ? List.of()
            : Json.texts(what + ": rootfs", rootfs, "diff_ids").stream()
                .map(Digest::parse)
                .toList();
    return new ImageConfig(ImagePlatform.read(what, tree), diffIds);
  }
}
