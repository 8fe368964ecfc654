// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Descriptor;
import java.util.List;

/**
 * A layer a manifest names.
 *
 * @param urls where else it can be had, for layers a registry does not hand out
 */
public record Layer(Descriptor descriptor, List<String> urls) {
  /** Copies the addresses. */
  public Layer {
    urls = List.copyOf(urls);
  }

  /** A layer that is where its manifest is. */
  public static Layer of(Descriptor descriptor) {
    return new Layer(descriptor, List.of());
  }

  static Layer read(String what, JsonNode tree) {
    return new Layer(Descriptors.read(what, tree), Json.texts(what, tree, "urls"));
  }

  ObjectNode write() {
    ObjectNode tree = Descriptors.write(descriptor);
    if (!urls.isEmpty()) {
      ArrayNode list = tree.putArray("urls");
      urls.forEach(list::add);
    }
    return tree;
  }
}
