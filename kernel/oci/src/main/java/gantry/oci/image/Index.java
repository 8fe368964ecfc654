// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An index of manifests, one for each platform: OCI image specification "Image Index", Docker's
 * "Manifest List".
 *
 * @param mediaType as the document says; empty if it does not
 * @param artifactType empty if none is given
 * @param subject what this is about, for signatures and the like
 */
public record Index(
    String mediaType,
    String artifactType,
    List<IndexEntry> manifests,
    @Nullable Descriptor subject,
    Map<String, String> annotations) {

  /** Copies the collections. */
  public Index {
    manifests = List.copyOf(manifests);
    annotations = Map.copyOf(annotations);
  }

  /**
   * Reads an index.
   *
   * @throws gantry.errors.InvalidArgumentException if it is none, or could be read as a manifest
   *     too
   */
  public static Index parse(byte[] json) {
    String what = "image index";
    ObjectNode tree = Json.object(what, json);
    String mediaType = Json.text(what, tree, "mediaType");
    Documents.requireSchema2(what, tree);
    if (Json.has(tree, "config") || Json.has(tree, "layers") || MediaTypes.isManifest(mediaType)) {
      throw Json.wrong(what, "expected index but found manifest");
    }
    if (!tree.has("manifests")) {
      throw Json.wrong(what, "\"manifests\" is missing");
    }
    return new Index(
        mediaType,
        Json.text(what, tree, "artifactType"),
        Json.list(what, tree, "manifests", IndexEntry::read),
        Descriptors.readIfThere(what, tree, "subject"),
        Json.map(what, tree, "annotations"));
  }

  /** The document; the same index gives the same bytes. */
  public byte[] toJson() {
    ObjectNode tree = Documents.begin(mediaType, artifactType);
    ArrayNode list = tree.putArray("manifests");
    manifests.forEach(entry -> list.add(entry.write()));
    return Documents.end(tree, subject, annotations);
  }
}
