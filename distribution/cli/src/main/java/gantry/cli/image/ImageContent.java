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
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.image.Platforms;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The documents of images in a content store. Safe for concurrent use. */
public final class ImageContent {
  private final Documents documents;

  /** Of one namespace. */
  public ImageContent(ContentClient content) {
    this.documents = new Documents(content);
  }

  /** A document. */
  public JsonNode document(Descriptor descriptor) throws IOException {
    return Json.parse(descriptor.digest().toString(), bytes(descriptor));
  }

  /**
   * The image for a platform: the target itself or the best choice of the index it is.
   *
   * @throws NotFoundException if there is none for the platform, or a part is missing
   */
  public PlatformImage image(Descriptor target, Platform platform) throws IOException {
    Descriptor manifest = path(target, platform).getLast();
    Manifest parts = Manifest.parse(bytes(manifest));
    Descriptor config = parts.config();
    List<Descriptor> layers = parts.layers().stream().map(Layer::descriptor).toList();
    List<Digest> diffIds = ImageConfig.parse(bytes(config)).diffIds();
    if (layers.size() != diffIds.size()) {
      throw new FailedPreconditionException(
          "image %s: %d layers but %d diff ids"
              .formatted(manifest.digest(), layers.size(), diffIds.size()));
    }
    return new PlatformImage(manifest, config, layers, diffIds, document(config));
  }

  /** The platforms of an image, without attestations and other things that do not run. */
  public List<Platform> platforms(Descriptor target) throws IOException {
    List<Platform> platforms = new ArrayList<>();
    for (Child child : references(target)) {
      ImagePlatform platform = child.platform();
      if (platform != null && platform.isKnown()) {
        platforms.add(platform.platform());
      } else if (platform == null && Children.possible(child.descriptor().mediaType())) {
        platforms.addAll(platforms(child.descriptor()));
      } else if (MediaTypes.isConfig(child.descriptor().mediaType())) {
        ImagePlatform own = ImageConfig.parse(bytes(child.descriptor())).platform();
        platforms.add(Platforms.normalized(own.platform()));
      }
    }
    return platforms;
  }

  /** The descriptors of {@link #references}. */
  public List<Descriptor> children(Descriptor parent) throws IOException {
    return references(parent).stream().map(Child::descriptor).toList();
  }

  /** What a document refers to, in order; nothing for a blob that is no document. */
  List<Child> references(Descriptor parent) throws IOException {
    return Children.possible(parent.mediaType()) ? Children.of(parent, bytes(parent)) : List.of();
  }

  /**
   * Bytes of an image for a platform in the content store, with the index that led to it.
   *
   * @throws NotFoundException if there is none for the platform, or a part is missing
   */
  public long size(Descriptor target, Platform platform) throws IOException {
    return path(target, platform).stream().mapToLong(Descriptor::size).sum()
        + parts(target, platform).stream().mapToLong(Descriptor::size).sum();
  }

  /**
   * What the manifest for a platform refers to, its configuration first.
   *
   * @throws NotFoundException if there is none for the platform, or it is missing
   */
  List<Descriptor> parts(Descriptor target, Platform platform) throws IOException {
    return children(path(target, platform).getLast());
  }

  /** A whole document. */
  byte[] bytes(Descriptor descriptor) throws IOException {
    return documents.read(descriptor);
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
    return PlatformMatcher.of(List.of(wanted)).matches(ImagePlatform.of(offered));
  }

  /** From the target down to the manifest for a platform. */
  private List<Descriptor> path(Descriptor target, Platform platform) throws IOException {
    if (!MediaTypes.isIndex(target.mediaType())) {
      return List.of(target);
    }
    PlatformMatcher matcher = PlatformMatcher.of(List.of(platform));
    List<Child> fitting = new ArrayList<>();
    for (Child child : references(target)) {
      if (mayRun(child, matcher)) {
        fitting.add(child);
      }
    }
    ImagePlatform any = ImagePlatform.of(platform);
    fitting.sort(
        Comparator.comparing(
            child -> Objects.requireNonNullElse(child.platform(), any), matcher.order()));
    if (!fitting.isEmpty()) {
      List<Descriptor> path = new ArrayList<>(List.of(target));
      path.addAll(path(fitting.getFirst().descriptor(), platform));
      return path;
    }
    throw new NotFoundException(
        "image %s: nothing for platform %s in it: not found".formatted(target.digest(), platform));
  }

  private static boolean mayRun(Child child, PlatformMatcher matcher) {
    ImagePlatform offered = child.platform();
    boolean image =
        Children.possible(child.descriptor().mediaType())
            && !child.descriptor().annotations().containsKey(Children.SUBJECT);
    return image && (offered == null || matcher.matches(offered));
  }
}
