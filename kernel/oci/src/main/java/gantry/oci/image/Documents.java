// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Descriptor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What indexes and manifests have in common. */
final class Documents {
  private Documents() {}

  /**
   * Refuses Docker's first schema, which has no descriptors.
   *
   * @throws gantry.errors.InvalidArgumentException if the document is of it
   */
  static void requireSchema2(String what, ObjectNode tree) {
    if (Json.has(tree, "fsLayers")) {
      throw Json.wrong(what, "schema 1 is not supported; push the image anew to have a schema 2");
    }
  }

  static ObjectNode begin(String mediaType, String artifactType) {
    ObjectNode tree = Json.object().put("schemaVersion", 2);
    if (!mediaType.isEmpty()) {
      tree.put("mediaType", mediaType);
    }
    if (!artifactType.isEmpty()) {
      tree.put("artifactType", artifactType);
    }
    return tree;
  }

  static byte[] end(
      ObjectNode tree, @Nullable Descriptor subject, Map<String, String> annotations) {
    if (subject != null) {
      tree.set("subject", Descriptors.write(subject));
    }
    Descriptors.writeAnnotations(tree, annotations);
    return Json.bytes(tree);
  }
}
