// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Descriptors as JSON. */
final class Descriptors {
  private Descriptors() {}

  static Descriptor read(String what, JsonNode tree) {
    if (!tree.isObject()) {
      throw Json.wrong(what, "it is not a descriptor");
    }
    String digest = Json.text(what, tree, "digest");
    if (digest.isEmpty()) {
      throw Json.wrong(what, "\"digest\" is missing");
    }
    return new Descriptor(
        Json.text(what, tree, "mediaType"),
        Digest.parse(digest),
        Json.count(what, tree, "size"),
        Json.map(what, tree, "annotations"));
  }

  static @Nullable Descriptor readIfThere(String what, JsonNode parent, String name) {
    ObjectNode tree = Json.child(what, parent, name);
    return tree == null ? null : read(what + ": " + name, tree);
  }

  static ObjectNode write(Descriptor descriptor) {
    ObjectNode tree =
        Json.object()
            .put("mediaType", descriptor.mediaType())
            .put("digest", descriptor.digest().toString())
            .put("size", descriptor.size());
    writeAnnotations(tree, descriptor.annotations());
    return tree;
  }

  static void writeAnnotations(ObjectNode tree, Map<String, String> annotations) {
    if (!annotations.isEmpty()) {
      ObjectNode map = tree.putObject("annotations");
      new TreeMap<>(annotations).forEach(map::put);
    }
  }
}
