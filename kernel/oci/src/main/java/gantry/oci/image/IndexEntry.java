// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * What an index names.
 *
 * @param platform it is for, or null if the index does not say
 */
public record IndexEntry(Descriptor descriptor, @Nullable ImagePlatform platform) {
  static IndexEntry read(String what, JsonNode tree) {
    Descriptor descriptor = Descriptors.read(what, tree);
    ObjectNode platform = Json.child(what, tree, "platform");
    return new IndexEntry(
        descriptor, platform == null ? null : ImagePlatform.read(what + ": platform", platform));
  }

  ObjectNode write() {
    ObjectNode tree = Descriptors.write(descriptor);
    if (platform != null) {
      tree.set("platform", platform.write());
    }
    return tree;
  }
}
