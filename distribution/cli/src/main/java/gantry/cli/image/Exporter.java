// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.client.ContentClient;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Images as an OCI image layout in a tar archive, the same bytes for the same images. */
final class Exporter {
  private final ContentClient content;
  private final ImageContent documents;
  private final @Nullable Platform platform;
  private final boolean docker;

  /**
   * From a content store.
   *
   * @param platform what is written; null for all platforms an index names
   * @param docker whether {@code docker load} shall understand the archive
   */
  Exporter(ContentClient content, @Nullable Platform platform, boolean docker) {
    this.content = content;
    this.documents = new ImageContent(content);
    this.platform = platform;
    this.docker = docker;
  }

  /** Writes the archive; the stream stays open. */
  void write(List<Image> images, OutputStream out) throws IOException {
    SortedMap<String, Descriptor> blobs = new TreeMap<>();
    ObjectNode index = Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.OCI_INDEX);
    ArrayNode manifests = index.putArray("manifests");
    ArrayNode dockerManifests = Json.array();
    for (Image image : images) {
      collect(image.target(), blobs);
      manifests.add(entry(image));
      if (docker) {
        dockerManifests.add(dockerEntry(image));
      }
    }
    LayoutWriter layout = new LayoutWriter(out);
    for (Descriptor blob : blobs.values()) {
      try (InputStream in = content.read(blob.digest(), 0)) {
        layout.blob(blob.digest(), blob.size(), in);
      }
    }
    layout.document("index.json", Json.bytes(index));
    if (docker) {
      layout.document("manifest.json", Json.bytes(dockerManifests));
    }
    layout.finish();
  }

  private void collect(Descriptor descriptor, SortedMap<String, Descriptor> blobs)
      throws IOException {
    blobs.put(descriptor.digest().toString(), descriptor);
    if (MediaTypes.isIndex(descriptor.mediaType())) {
      for (JsonNode child : documents.document(descriptor).path("manifests")) {
        collectPlatform(child, blobs);
      }
      return;
    }
    for (Descriptor child : documents.children(descriptor)) {
      collect(child, blobs);
    }
  }

  private void collectPlatform(JsonNode child, SortedMap<String, Descriptor> blobs)
      throws IOException {
    Platform wanted = platform;
    boolean fits =
        wanted == null || ImageContent.fits(ImageContent.platform(child.path("platform")), wanted);
    if (fits) {
      collect(ImageContent.descriptor(child), blobs);
    }
  }

  private static ObjectNode entry(Image image) {
    ObjectNode entry =
        Json.object()
            .put("mediaType", image.target().mediaType())
            .put("digest", image.target().digest().toString())
            .put("size", image.target().size());
    String name = image.name();
    int colon = name.lastIndexOf(':');
    String tag = colon > name.lastIndexOf('/') ? name.substring(colon + 1) : name;
    entry
        .putObject("annotations")
        .put("io.containerd.image.name", name)
        .put("org.opencontainers.image.ref.name", tag);
    return entry;
  }

  private ObjectNode dockerEntry(Image image) throws IOException {
    Platform wanted = platform == null ? Platform.host() : platform;
    PlatformImage found;
    try {
      found = documents.image(image.target(), wanted);
    } catch (NotFoundException missing) {
      throw new NotFoundException(
          "export %s: %s; name another with --platform"
              .formatted(image.name(), missing.getMessage()),
          missing);
    }
    ObjectNode entry = Json.object().put("Config", LayoutWriter.path(found.config().digest()));
    entry.putArray("RepoTags").add(image.name());
    ArrayNode layers = entry.putArray("Layers");
    found.layers().forEach(layer -> layers.add(LayoutWriter.path(layer.digest())));
    return entry;
  }
}
