// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.util.List;

/**
 * An image for one platform.
 *
 * @param layers lowest first
 * @param diffIds of the layers, uncompressed
 * @param configuration the document {@code config} names
 */
public record PlatformImage(
    Descriptor manifest,
    Descriptor config,
    List<Descriptor> layers,
    List<Digest> diffIds,
    JsonNode configuration) {
  /** The name of the committed snapshot with all layers; empty for an image without layers. */
  public String chain() {
    return diffIds.isEmpty() ? "" : ChainId.of(diffIds).toString();
  }

  /** Bytes of all its parts in the content store. */
  public long size() {
    return manifest.size() + config.size() + layers.stream().mapToLong(Descriptor::size).sum();
  }
}
