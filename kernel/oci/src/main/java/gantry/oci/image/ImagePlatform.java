// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.oci.Platform;
import java.util.List;

/**
 * The platform an image says it is for, in its own words; {@link Platforms#normalized} makes them
 * comparable.
 *
 * @param osVersion empty if none is given
 * @param osFeatures what it needs of the operating system
 */
public record ImagePlatform(Platform platform, String osVersion, List<String> osFeatures) {
  /** Copies the features. */
  public ImagePlatform {
    osFeatures = List.copyOf(osFeatures);
  }

  /** One without version and features. */
  public static ImagePlatform of(Platform platform) {
    return new ImagePlatform(platform, "", List.of());
  }

  /**
   * Reads a platform object.
   *
   * @throws gantry.errors.InvalidArgumentException if it is none
   */
  public static ImagePlatform parse(byte[] json) {
    String what = "image platform";
    return read(what, Json.object(what, json));
  }

  /** Whether it names a system at all; attestations say {@code unknown}. */
  public boolean isKnown() {
    return !platform.os().equals("unknown") && !platform.architecture().equals("unknown");
  }

  static ImagePlatform read(String what, JsonNode tree) {
    return new ImagePlatform(
        new Platform(
            Json.text(what, tree, "os"),
            Json.text(what, tree, "architecture"),
            Json.text(what, tree, "variant")),
        Json.text(what, tree, "os.version"),
        Json.texts(what, tree, "os.features"));
  }

  ObjectNode write() {
    ObjectNode tree =
        Json.object().put("architecture", platform.architecture()).put("os", platform.os());
    if (!osVersion.isEmpty()) {
      tree.put("os.version", osVersion);
    }
    if (!osFeatures.isEmpty()) {
      ArrayNode list = tree.putArray("os.features");
      osFeatures.forEach(list::add);
    }
    if (!platform.variant().isEmpty()) {
      tree.put("variant", platform.variant());
    }
    return tree;
  }
}
