// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.AtOnce;
import gantry.client.ContentClient;
import gantry.content.BlobInfo;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.image.Child;
import gantry.oci.image.Children;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import gantry.registry.Reference;
import gantry.registry.Repository;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches an image: documents one after the other, the layers of a manifest some at once. Each
 * parent gets the labels that keep its children. Use it under a lease. For one image.
 */
final class ImageFetch {
  private static final String SOURCE = "containerd.io/distribution.source.";
  private static final int DOCUMENT_MAX = 8 << 20;
  private static final int LAYERS_AT_ONCE = 3;

  private final Repository repository;
  private final ContentClient content;
  private final @Nullable PlatformMatcher wanted;
  private final boolean allMetadata;
  private final Consumer<String> report;

  /**
   * From a repository into a namespace.
   *
   * @param wanted platforms whose layers are fetched; null for none
   * @param allMetadata whether documents of other platforms are fetched too
   * @param report is told a line for each blob
   */
  ImageFetch(
      Repository repository,
      ContentClient content,
      @Nullable PlatformMatcher wanted,
      boolean allMetadata,
      Consumer<String> report) {
    this.repository = repository;
    this.content = content;
    this.wanted = wanted;
    this.allMetadata = allMetadata;
    this.report = report;
  }

  void run(Descriptor target) throws Exception {
    document(target, wanted != null);
  }

  /** A document and what is below it, with layers or without. */
  private void document(Descriptor document, boolean layers) throws Exception {
    blob(document, List.of());
    if (!Children.possible(document.mediaType())) {
      return;
    }
    byte[] json = content.bytes(document.digest(), DOCUMENT_MAX);
    List<Child> children = Children.of(document, json);
    content.label(document.digest(), Children.gcLabels(children));
    if (MediaTypes.isIndex(document.mediaType())) {
      for (Child child : children) {
        boolean fits = layers && fits(child.platform());
        if (fits || allMetadata) {
          document(child.descriptor(), fits);
        }
      }
    } else {
      parts(Manifest.parse(json), layers);
    }
  }

  private void parts(Manifest manifest, boolean layers) throws Exception {
    List<Layer> parts = new ArrayList<>();
    parts.add(Layer.of(manifest.config()));
    if (layers) {
      parts.addAll(manifest.layers());
    }
    AtOnce.map(
        parts.stream().distinct().toList(),
        LAYERS_AT_ONCE,
        part -> blob(part.descriptor(), part.urls()));
  }

  private boolean fits(@Nullable ImagePlatform platform) {
    return wanted != null && (platform == null || wanted.matches(platform));
  }

  private boolean blob(Descriptor blob, List<String> urls) throws Exception {
    boolean fetched = Download.store(repository, blob, urls, content, Labels.none());
    content.label(blob.digest(), source(content.info(blob.digest())));
    synchronized (report) {
      report.accept(
          "%s %s %d %s"
              .formatted(
                  fetched ? "fetched" : "present", blob.digest(), blob.size(), blob.mediaType()));
    }
    return fetched;
  }

  /** From which repositories a blob may be mounted when it is pushed. */
  private Map<String, String> source(BlobInfo blob) {
    Reference reference = repository.reference();
    int colon = reference.host().lastIndexOf(':');
    String host = colon < 0 ? reference.host() : reference.host().substring(0, colon);
    TreeSet<String> repositories = new TreeSet<>();
    blob.labels()
        .find(SOURCE + host)
        .ifPresent(known -> repositories.addAll(List.of(known.split(",", -1))));
    repositories.add(reference.repository());
    return Map.of(SOURCE + host, String.join(",", repositories));
  }
}
