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
 * The manifest of one image: OCI image specification "Image Manifest", Docker's "Image Manifest
 * Version 2, Schema 2".
 *
 * @param mediaType as the document says; empty if it does not
 * @param artifactType empty if none is given
 * @param layers lowest first
 * @param subject what this is about, for signatures and the like
 */
public record Manifest(
    String mediaType,
    String artifactType,
    Descriptor config,
    List<Layer> layers,
    @Nullable Descriptor subject,
    Map<String, String> annotations) {

  /** Copies the collections. */
  public Manifest {
    layers = List.copyOf(layers);
    annotations = Map.copyOf(annotations);
  }

  /**
   * Reads a manifest.
   *
   * @throws gantry.errors.InvalidArgumentException if it is none, or could be read as an index too
   */
  public static Manifest parse(byte[] json) {
    String what = "image manifest";
    ObjectNode tree = Json.object(what, json);
    String mediaType = Json.text(what, tree, "mediaType");
    Documents.requireSchema2(what, tree);
    if (Json.has(tree, "manifests") || MediaTypes.isIndex(mediaType)) {
      throw Json.wrong(what, "expected manifest but found index");
    }
    Descriptor config = Descriptors.readIfThere(what, tree, "config");
    if (config == null) {
      throw Json.wrong(what, "\"config\" is missing");
    }
    return new Manifest(
        mediaType,
        Json.text(what, tree, "artifactType"),
        config,
        Json.list(what, tree, "layers", Layer::read),
        Descriptors.readIfThere(what, tree, "subject"),
        Json.map(what, tree, "annotations"));
  }

  /** The document; the same manifest gives the same bytes. */
  public byte[] toJson() {
    ObjectNode tree = Documents.begin(mediaType, artifactType);
    tree.set("config", Descriptors.write(config));
    ArrayNode list = tree.putArray("layers");
    layers.forEach(layer -> list.add(layer.write()));
    return Documents.end(tree, subject, annotations);
  }
}
