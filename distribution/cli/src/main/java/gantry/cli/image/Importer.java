// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.client.GantryClient;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Images from an archive: files into the content store, references between them as labels for the
 * garbage collector, names into the image store. Use it under a lease.
 */
final class Importer {
  private final GantryClient client;
  private final ImageContent content;
  private final ArchiveNames names;
  private final @Nullable Platform platform;

  /**
   * Under a lease.
   *
   * @param platform what must be complete; null for all platforms an index names
   */
  Importer(GantryClient client, ArchiveNames names, @Nullable Platform platform) {
    this.client = client;
    this.content = new ImageContent(client.content());
    this.names = names;
    this.platform = platform;
  }

  /**
   * Imports and returns the images, in the order of the archive.
   *
   * @throws InvalidArgumentException if it is no image archive
   */
  List<Image> run(InputStream in) throws IOException {
    Archive archive = Archive.store(in, client.content());
    JsonNode index = archive.document("index.json");
    JsonNode manifests = archive.document("manifest.json");
    List<ArchiveNames.Named> found;
    if (index != null && archive.document("oci-layout") != null) {
      found = names.ofIndex(index);
    } else if (manifests != null) {
      found = new DockerArchive(archive, client.content()).images(manifests, names);
    } else {
      throw new InvalidArgumentException(
          "import: no index.json with oci-layout and no manifest.json in the archive: neither an"
              + " oci image layout nor a docker archive");
    }
    List<Image> images = new ArrayList<>();
    for (ArchiveNames.Named named : found) {
      link(named.target());
      for (String name : named.names()) {
        images.add(name(name, named.target()));
      }
    }
    return images;
  }

  /** Makes every document keep its children, from the leaves up. */
  private void link(Descriptor parent) throws IOException {
    List<Descriptor> children = content.children(parent);
    Map<String, String> labels = new TreeMap<>();
    boolean index = MediaTypes.isIndex(parent.mediaType());
    for (int i = 0; i < children.size(); i++) {
      Descriptor child = children.get(i);
      String key = index ? ".m." + i : i == 0 ? ".config" : ".l." + (i - 1);
      try {
        client.content().info(child.digest());
        link(child);
      } catch (NotFoundException missing) {
        if (!index || wanted(parent, i)) {
          throw new NotFoundException(
              "import: the archive lacks %s of %s: not found"
                  .formatted(child.digest(), parent.digest()),
              missing);
        }
      }
      labels.put(WellKnown.GC_REF_CONTENT + key, child.digest().toString());
    }
    if (!labels.isEmpty()) {
      client.content().label(parent.digest(), labels);
    }
  }

  private boolean wanted(Descriptor index, int child) throws IOException {
    Platform wanted = platform;
    if (wanted == null) {
      return true;
    }
    JsonNode entry = content.document(index).path("manifests").path(child).path("platform");
    return ImageContent.fits(ImageContent.platform(entry), wanted);
  }

  private Image name(String name, Descriptor target) {
    Image image = new Image(name, Labels.none(), target, Instant.EPOCH, Instant.EPOCH);
    try {
      return client.images().create(image);
    } catch (AlreadyExistsException taken) {
      return client.images().update(image, FieldPaths.of("target"));
    }
  }
}
