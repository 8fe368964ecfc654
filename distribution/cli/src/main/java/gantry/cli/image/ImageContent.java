// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.cli.command.Json;
import gantry.client.ContentClient;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The documents of images in a content store. Reads what is asked for, keeps nothing. */
public final class ImageContent {
  /** Larger documents are refused, bytes. */
  private static final int DOCUMENT_MAX = 16 << 20;

  private final ContentClient content;

  /** Of one namespace. */
  public ImageContent(ContentClient content) {
    this.content = content;
  }

  /** A document. */
  public JsonNode document(Descriptor descriptor) throws IOException {
    return Json.parse(
        descriptor.digest().toString(), content.bytes(descriptor.digest(), DOCUMENT_MAX));
  }

  /**
   * The image for a platform: the target itself or the best choice of the index it is.
   *
   * @throws NotFoundException if there is none for the platform, or a part is missing
   */
  public PlatformImage image(Descriptor target, Platform platform) throws IOException {
    Descriptor manifest = manifest(target, platform);
    JsonNode tree = document(manifest);
    Descriptor config = descriptor(tree.path("config"));
    List<Descriptor> layers = descriptors(tree.path("layers"));
    JsonNode configTree = document(config);
    List<Digest> diffIds = new ArrayList<>();
    configTree
        .path("rootfs")
        .path("diff_ids")
        .forEach(id -> diffIds.add(Digest.parse(id.asText())));
    if (layers.size() != diffIds.size()) {
      throw new FailedPreconditionException(
          "image %s: %d layers but %d diff ids"
              .formatted(manifest.digest(), layers.size(), diffIds.size()));
    }
    return new PlatformImage(manifest, config, layers, diffIds, configTree);
  }

  /** The platforms of an image, without attestations and other things that do not run. */
  public List<Platform> platforms(Descriptor target) throws IOException {
    if (MediaTypes.isIndex(target.mediaType())) {
      List<Platform> platforms = new ArrayList<>();
      for (JsonNode child : document(target).path("manifests")) {
        Platform platform = platform(child.path("platform"));
        if (!platform.os().isEmpty() && !platform.os().equals("unknown")) {
          platforms.add(platform);
        }
      }
      return platforms;
    }
    JsonNode config = document(descriptor(document(target).path("config")));
    return List.of(platform(config));
  }

  /** What a document refers to, in order; nothing for a blob that is no document. */
  public List<Descriptor> children(Descriptor parent) throws IOException {
    if (MediaTypes.isIndex(parent.mediaType())) {
      return descriptors(document(parent).path("manifests"));
    } else if (MediaTypes.isManifest(parent.mediaType())) {
      JsonNode manifest = document(parent);
      List<Descriptor> children = new ArrayList<>();
      children.add(descriptor(manifest.path("config")));
      children.addAll(descriptors(manifest.path("layers")));
      return children;
    }
    return List.of();
  }

  /** Reads a descriptor. */
  static Descriptor descriptor(JsonNode tree) {
    Map<String, String> annotations = new TreeMap<>();
    tree.path("annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText()));
    return new Descriptor(
        tree.path("mediaType").asText(),
        Digest.parse(tree.path("digest").asText()),
        tree.path("size").asLong(),
        annotations);
  }

  /** Reads the platform of a descriptor or of an image configuration. */
  static Platform platform(JsonNode tree) {
    return new Platform(
        tree.path("os").asText(),
        tree.path("architecture").asText(),
        tree.path("variant").asText());
  }

  /** Whether something made for {@code offered} runs on {@code wanted}. */
  static boolean fits(Platform offered, Platform wanted) {
    return offered.os().equals(wanted.os())
        && offered.architecture().equals(wanted.architecture())
        && (offered.variant().isEmpty()
            || wanted.variant().isEmpty()
            || offered.variant().equals(wanted.variant()));
  }

  private Descriptor manifest(Descriptor target, Platform platform) throws IOException {
    if (!MediaTypes.isIndex(target.mediaType())) {
      return target;
    }
    for (JsonNode child : document(target).path("manifests")) {
      Descriptor descriptor = descriptor(child);
      boolean any = !child.has("platform") && MediaTypes.isManifest(descriptor.mediaType());
      if (any || fits(platform(child.path("platform")), platform)) {
        return manifest(descriptor, platform);
      }
    }
    throw new NotFoundException(
        "image %s: nothing for platform %s in it: not found".formatted(target.digest(), platform));
  }

  private static List<Descriptor> descriptors(JsonNode array) {
    List<Descriptor> descriptors = new ArrayList<>();
    array.forEach(item -> descriptors.add(descriptor(item)));
    return descriptors;
  }
}
