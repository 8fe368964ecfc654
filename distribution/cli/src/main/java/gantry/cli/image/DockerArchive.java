// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.client.ContentClient;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The images of a {@code docker save} archive, for which manifests are made. */
final class DockerArchive {
  /** Enough to tell a compression, bytes. */
  private static final int MAGIC = 10;

  private final Archive archive;
  private final ContentClient content;

  DockerArchive(Archive archive, ContentClient content) {
    this.archive = archive;
    this.content = content;
  }

  /** Makes and stores a manifest for each entry of {@code manifest.json}. */
  List<ArchiveNames.Named> images(JsonNode entries, ArchiveNames names) throws IOException {
    List<ArchiveNames.Named> images = new ArrayList<>();
    for (JsonNode entry : entries) {
      List<String> tags = new ArrayList<>();
      entry.path("RepoTags").forEach(tag -> tags.add(ArchiveNames.normalized(tag.asText())));
      names.add(images, manifest(entry), tags);
    }
    return images;
  }

  private Descriptor manifest(JsonNode entry) throws IOException {
    ObjectNode manifest =
        Json.object().put("schemaVersion", 2).put("mediaType", MediaTypes.DOCKER_MANIFEST);
    Descriptor config = archive.file(entry.path("Config").asText());
    manifest.set("config", tree(MediaTypes.DOCKER_CONFIG, config));
    var layers = manifest.putArray("layers");
    for (JsonNode name : entry.path("Layers")) {
      Descriptor layer = archive.file(name.asText());
      layers.add(tree(layerType(layer.digest()), layer));
    }
    byte[] bytes = Json.bytes(manifest);
    Descriptor descriptor =
        Descriptor.of(MediaTypes.DOCKER_MANIFEST, Digest.sha256(bytes), bytes.length);
    content.store(
        "manifest-" + descriptor.digest(),
        descriptor,
        new ByteArrayInputStream(bytes),
        Labels.none());
    return descriptor;
  }

  private String layerType(Digest layer) throws IOException {
    try (InputStream in = content.read(layer, 0)) {
      byte[] start = in.readNBytes(MAGIC);
      return switch (Compression.of(start, start.length)) {
        case GZIP -> MediaTypes.DOCKER_LAYER_GZIP;
        case ZSTD -> MediaTypes.DOCKER_LAYER_ZSTD;
        default -> MediaTypes.DOCKER_LAYER;
      };
    }
  }

  private static ObjectNode tree(String mediaType, Descriptor file) {
    return Json.object()
        .put("mediaType", mediaType)
        .put("digest", file.digest().toString())
        .put("size", file.size());
  }
}
