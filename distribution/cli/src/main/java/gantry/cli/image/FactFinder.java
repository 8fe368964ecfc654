// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.AtOnce;
import gantry.cli.image.ImageFacts.Part;
import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.ImagePlatform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is in the images of a namespace and what uses them. Blobs, snapshots and
 * containers are listed once, so that many images cost little more than few.
 */
final class FactFinder {
  private static final String REFERENCE_TYPE = "vnd.docker.reference.type";

  private final ImageContent content;
  private final Set<Digest> blobs = new HashSet<>();

  /** Parents by key. */
  private final Map<String, String> snapshots = new HashMap<>();

  private final List<Container> containers;

  private FactFinder(GantryClient client, String snapshotter) {
    content = new ImageContent(client.content());
    client.content().walk(List.of(), blob -> blobs.add(blob.digest()));
    client
        .snapshots(snapshotter)
        .walk(List.of(), snapshot -> snapshots.put(snapshot.name(), snapshot.parent()));
    containers =
        client.containers().list(List.of()).stream()
            .filter(container -> !container.image().isEmpty())
            .toList();
  }

  /** Lists what there is. */
  static FactFinder of(GantryClient client, String snapshotter) {
    return new FactFinder(client, snapshotter);
  }

  /** What is known of these images. */
  List<ImageFacts> facts(List<Image> images) throws Exception {
    return AtOnce.map(images, this::facts);
  }

  private ImageFacts facts(Image image) throws IOException {
    List<Part> parts = new ArrayList<>();
    collect(image.target(), null, parts);
    List<String> usedBy =
        containers.stream()
            .filter(container -> container.image().equals(image.name()))
            .map(Container::id)
            .sorted()
            .toList();
    return new ImageFacts(image, parts, usedBy);
  }

  private void collect(Descriptor target, @Nullable ImagePlatform platform, List<Part> parts)
      throws IOException {
    if (!MediaTypes.isIndex(target.mediaType())) {
      parts.add(part(target, platform));
    } else if (!blobs.contains(target.digest())) {
      parts.add(absent("index", target));
    } else {
      for (Child child : content.references(target)) {
        collect(child.descriptor(), child.platform(), parts);
      }
    }
  }

  private Part part(Descriptor manifest, @Nullable ImagePlatform platform) throws IOException {
    if (!blobs.contains(manifest.digest())) {
      return absent(kind(manifest, platform), manifest);
    }
    List<Descriptor> all = new ArrayList<>(List.of(manifest));
    try {
      all.addAll(content.children(manifest));
    } catch (NotFoundException collected) {
      return absent(kind(manifest, platform), manifest);
    }
    long size = all.stream().mapToLong(Descriptor::size).sum();
    long present =
        all.stream()
            .filter(blob -> blobs.contains(blob.digest()))
            .mapToLong(Descriptor::size)
            .sum();
    @Nullable ImageConfig config = config(manifest, all);
    String chain =
        config == null || config.diffIds().isEmpty() ? "" : ChainId.of(config.diffIds()).toString();
    ImagePlatform known = platform == null && config != null ? config.platform() : platform;
    return new Part(
        kind(manifest, known), manifest, size, present, snapshots.containsKey(chain), users(chain));
  }

  private @Nullable ImageConfig config(Descriptor manifest, List<Descriptor> all) {
    boolean image =
        Children.possible(manifest.mediaType())
            && all.size() > 1
            && MediaTypes.isConfig(all.get(1).mediaType());
    if (!image || !blobs.contains(all.get(1).digest())) {
      return null;
    }
    try {
      return ImageConfig.parse(content.bytes(all.get(1)));
    } catch (InvalidArgumentException | IOException unreadable) {
      return null;
    } catch (GantryException collected) {
      return null;
    }
  }

  private List<String> users(String chain) {
    return chain.isEmpty()
        ? List.of()
        : containers.stream()
            .filter(container -> chain.equals(snapshots.get(container.snapshotKey())))
            .map(Container::id)
            .sorted()
            .toList();
  }

  private static Part absent(String kind, Descriptor manifest) {
    return new Part(kind, manifest, 0, 0, false, List.of());
  }

  private static String kind(Descriptor manifest, @Nullable ImagePlatform platform) {
    String reference = manifest.annotations().get(REFERENCE_TYPE);
    if (reference != null) {
      return reference;
    } else if (manifest.annotations().containsKey(Children.SUBJECT)) {
      return "referrer";
    }
    return platform == null || platform.platform().os().isEmpty()
        ? manifest.mediaType()
        : platform.platform().toString();
  }
}
