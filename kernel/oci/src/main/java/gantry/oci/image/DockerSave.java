// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * An image in {@code manifest.json} of a {@code docker save} archive.
 *
 * @param config name of the file in the archive
 * @param repoTags names of the image
 * @param layers names of the files, lowest layer first
 */
public record DockerSave(String config, List<String> repoTags, List<String> layers) {
  /** Copies the lists. */
  public DockerSave {
    repoTags = List.copyOf(repoTags);
    layers = List.copyOf(layers);
  }

  /**
   * Reads {@code manifest.json}.
   *
   * @throws gantry.errors.InvalidArgumentException if it is none
   */
  public static List<DockerSave> parse(byte[] json) {
    String what = "manifest.json";
    JsonNode tree = Json.node(what, json);
    if (!tree.isArray()) {
      throw Json.wrong(what, "it is not a list of images");
    }
    List<DockerSave> images = new ArrayList<>();
    for (JsonNode image : tree) {
      if (!image.isObject()) {
        throw Json.wrong(what, "an image is not an object");
      }
      images.add(
          new DockerSave(
              Json.text(what, image, "Config"),
              Json.texts(what, image, "RepoTags"),
              Json.texts(what, image, "Layers")));
    }
    return List.copyOf(images);
  }

  /** Writes {@code manifest.json}. */
  public static byte[] toJson(List<DockerSave> images) {
    ArrayNode tree = JsonNodeFactory.instance.arrayNode();
    for (DockerSave image : images) {
      ObjectNode node = tree.addObject().put("Config", image.config());
      texts(node, "RepoTags", image.repoTags());
      texts(node, "Layers", image.layers());
    }
    return Json.bytes(tree);
  }

  private static void texts(ObjectNode node, String name, List<String> texts) {
    if (texts.isEmpty()) {
      node.putNull(name);
    } else {
      ArrayNode list = node.putArray(name);
      texts.forEach(list::add);
    }
  }
}
