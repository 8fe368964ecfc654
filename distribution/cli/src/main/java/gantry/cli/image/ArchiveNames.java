// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the images of an archive will be called.
 *
 * @param base the name part for images that have only a tag; only images below it are taken if
 *     {@code only} is set
 * @param only whether {@code base} was asked for
 * @param digests whether every image also gets a name with its digest
 * @param skipNamed whether only images without another name do
 */
record ArchiveNames(String base, boolean only, boolean digests, boolean skipNamed) {
  private static final String FULL_NAME = "io.containerd.image.name";
  private static final String REF_NAME = "org.opencontainers.image.ref.name";
  private static final String SUBJECT = "io.containerd.manifest.subject";

  /** An image and its names; never empty. */
  record Named(Descriptor target, List<String> names) {}

  /** The images of an OCI index. */
  List<Named> ofIndex(JsonNode index) {
    List<Named> images = new ArrayList<>();
    for (JsonNode entry : index.path("manifests")) {
      Descriptor target = ImageContent.descriptor(entry);
      boolean image =
          MediaTypes.isIndex(target.mediaType()) || MediaTypes.isManifest(target.mediaType());
      if (image && !target.annotations().containsKey(SUBJECT)) {
        add(images, withoutNames(target), ociNames(target.annotations()));
      }
    }
    return images;
  }

  /** Adds an image with the names it has in the archive, unless none of them is wanted. */
  void add(List<Named> images, Descriptor target, List<String> found) {
    List<String> names = new ArrayList<>();
    found.stream().filter(name -> !only || name.startsWith(base)).forEach(names::add);
    if (digests && (names.isEmpty() || !skipNamed)) {
      names.add(base + "@" + target.digest());
    }
    if (!names.isEmpty()) {
      images.add(new Named(target, List.copyOf(names)));
    }
  }

  /** {@code busybox} as {@code docker.io/library/busybox:latest}. */
  static String normalized(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
    String full = host ? name : "docker.io/" + (slash < 0 ? "library/" : "") + name;
    boolean tagged = full.lastIndexOf(':') > full.lastIndexOf('/') || full.contains("@");
    return tagged ? full : full + ":latest";
  }

  private List<String> ociNames(Map<String, String> annotations) {
    String full = annotations.get(FULL_NAME);
    if (full != null && !full.isEmpty()) {
      return List.of(normalized(full));
    }
    String ref = annotations.getOrDefault(REF_NAME, "");
    if (ref.isEmpty()) {
      return List.of();
    }
    return List.of(ref.contains("/") || ref.contains(":") ? ref : base + ":" + ref);
  }

  private static Descriptor withoutNames(Descriptor target) {
    return Descriptor.of(target.mediaType(), target.digest(), target.size());
  }
}
