// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.testkit.Blobs;
import gantry.testkit.registry.FaultyRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An image in a registry, of layers whose bytes are random. */
record TestImage(Descriptor manifest, Descriptor config, List<Descriptor> layers) {
  static final String REPOSITORY = "library/test";

  /** Shelves one of linux for this architecture. */
  static TestImage shelve(FaultyRegistry registry, String tag, String architecture, int... sizes) {
    List<Descriptor> layers = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      layers.add(
          registry.blob(REPOSITORY, MediaTypes.OCI_LAYER_GZIP, Blobs.random(i + 1, sizes[i])));
    }
    List<Digest> diffIds = layers.stream().map(Descriptor::digest).toList();
    return shelve(registry, tag, architecture, layers, diffIds);
  }

  static TestImage shelve(
      FaultyRegistry registry,
      String tag,
      String architecture,
      List<Descriptor> layers,
      List<Digest> diffIds) {
    String ids = diffIds.stream().map(id -> "\"" + id + "\"").collect(Collectors.joining(","));
    Descriptor config =
        registry.blob(
            REPOSITORY,
            MediaTypes.OCI_CONFIG,
            """
            {"os":"linux","architecture":"%s","rootfs":{"type":"layers","diff_ids":[%s]}}
            """
                .formatted(architecture, ids)
                .getBytes(StandardCharsets.UTF_8));
    String list = layers.stream().map(TestImage::json).collect(Collectors.joining(","));
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(MediaTypes.OCI_MANIFEST, json(config), list);
    return new TestImage(
        registry.manifest(
            REPOSITORY, tag, MediaTypes.OCI_MANIFEST, manifest.getBytes(StandardCharsets.UTF_8)),
        config,
        layers);
  }

  /** Shelves an index of images for these architectures. */
  static Descriptor index(FaultyRegistry registry, String tag, List<String> entries) {
    String json =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
            .formatted(MediaTypes.OCI_INDEX, String.join(",", entries));
    return registry.manifest(
        REPOSITORY, tag, MediaTypes.OCI_INDEX, json.getBytes(StandardCharsets.UTF_8));
  }

  String entry(String architecture) {
    return json(manifest).replaceFirst("}$", "")
        + ",\"platform\":{\"os\":\"linux\",\"architecture\":\"%s\"}}".formatted(architecture);
  }

  static String json(Descriptor descriptor) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }
}
