// SPDX-License-Identifier: Apache-2.0
package gantry.oci.convert;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;
import gantry.oci.image.Children;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.layout.BlobStore;
import gantry.oci.layout.BlobWriter;
import gantry.oci.layout.CountedOutput;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes images from other images; what need not change is shared with them. Layers keep their
 * content, so the ids of the file systems stay the same. For use by one thread.
 */
public final class ImageConverter {
  private static final int DEPTH_MAX = 16;

  private final BlobStore blobs;
  private final Options options;
  private final Map<Digest, Descriptor> converted = new HashMap<>();
  private int depth;

  /**
   * What to change.
   *
   * @param uncompress layers are no longer compressed
   * @param dockerToOci Docker's media types become OCI's
   * @param platforms what an index keeps; what names no platform stays
   */
  public record Options(boolean uncompress, boolean dockerToOci, PlatformMatcher platforms) {}

  /** Reads and writes {@code blobs}, whose new blobs must be under a lease. */
  public ImageConverter(BlobStore blobs, Options options) {
    this.blobs = blobs;
    this.options = options;
  }

  /**
   * Converts an image.
   *
   * @return the new target; the old one if nothing had to change
   * @throws NotFoundException if a part of it is missing
   * @throws gantry.errors.InvalidArgumentException if a document is damaged
   * @throws FailedPreconditionException if a layer is not what the configuration says
   */
  public Descriptor convert(Descriptor target) throws IOException {
    if (depth > DEPTH_MAX) {
      throw new InvalidArgumentException(
          "convert %s: more than %d indexes inside each other"
              .formatted(target.digest(), DEPTH_MAX));
    }
    Descriptor known = converted.get(target.digest());
    Descriptor changed;
    if (known != null) {
      changed =
          new Descriptor(known.mediaType(), known.digest(), known.size(), target.annotations());
    } else if (MediaTypes.isIndex(target.mediaType())) {
      changed = index(target);
    } else if (MediaTypes.isManifest(target.mediaType())) {
      changed = manifest(target);
    } else if (MediaTypes.isLayer(target.mediaType()) && options.uncompress()) {
      changed = uncompressed(target);
    } else {
      changed = target;
    }
    converted.putIfAbsent(target.digest(), changed);
    return inItsWords(changed);
  }

  private Descriptor index(Descriptor target) throws IOException {
    Index index = Index.parse(blobs.document(target.digest()));
    List<IndexEntry> entries = new ArrayList<>();
    depth++;
    for (IndexEntry entry : index.manifests()) {
      if (entry.platform() == null || options.platforms().matches(entry.platform())) {
        entries.add(new IndexEntry(convert(entry.descriptor()), entry.platform()));
      }
    }
    depth--;
    Index changed =
        new Index(
            mediaType(index.mediaType()),
            index.artifactType(),
            entries,
            index.subject(),
            index.annotations());
    return changed.equals(index) ? target : store(target, changed.toJson());
  }

  private Descriptor manifest(Descriptor target) throws IOException {
    Manifest manifest = Manifest.parse(blobs.document(target.digest()));
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : manifest.layers()) {
      layers.add(new Layer(convert(layer.descriptor()), layer.urls()));
    }
    Manifest changed =
        new Manifest(
            mediaType(manifest.mediaType()),
            manifest.artifactType(),
            convert(manifest.config()),
            layers,
            manifest.subject(),
            manifest.annotations());
    if (changed.equals(manifest)) {
      return target;
    }
    requireSameFiles(target, changed);
    return store(target, changed.toJson());
  }

  /** An uncompressed layer is its own diff id. */
  private void requireSameFiles(Descriptor target, Manifest manifest) throws IOException {
    if (!options.uncompress() || !MediaTypes.isConfig(manifest.config().mediaType())) {
      return;
    }
    List<Digest> diffIds = ImageConfig.parse(blobs.document(manifest.config().digest())).diffIds();
    for (int i = 0; i < Math.min(diffIds.size(), manifest.layers().size()); i++) {
      Descriptor layer = manifest.layers().get(i).descriptor();
      boolean plain = LayerTypes.isPlain(layer.mediaType());
      if (plain && !layer.digest().equals(diffIds.get(i))) {
        throw new FailedPreconditionException(
            "convert %s: layer %d is %s uncompressed, but the configuration says %s"
                .formatted(target.digest(), i, layer.digest(), diffIds.get(i)));
      }
    }
  }

  private Descriptor uncompressed(Descriptor layer) throws IOException {
    String mediaType = LayerTypes.uncompressed(layer.mediaType());
    if (mediaType.equals(layer.mediaType())) {
      return layer;
    }
    Map<String, String> labels = labels(layer);
    labels.remove(WellKnown.UNCOMPRESSED);
    try (InputStream in = Compression.unpack(blobs.open(layer.digest()));
        BlobWriter writer = blobs.writer(0, null)) {
      CountedOutput out = new CountedOutput(writer);
      in.transferTo(out);
      Digest digest = writer.commit(Labels.of(labels));
      return new Descriptor(mediaType, digest, out.count(), layer.annotations());
    }
  }

  private Descriptor store(Descriptor old, byte[] document) throws IOException {
    Descriptor changed =
        new Descriptor(
            mediaType(old.mediaType()),
            Digest.sha256(document),
            document.length,
            old.annotations());
    Map<String, String> labels = labels(old);
    labels.keySet().removeIf(key -> key.startsWith(WellKnown.GC_REF_CONTENT));
    labels.putAll(Children.gcLabels(Children.of(changed, document)));
    blobs.put(document, Labels.of(labels));
    return changed;
  }

  private Map<String, String> labels(Descriptor blob) throws IOException {
    return new HashMap<>(blobs.info(blob.digest()).labels().map());
  }

  /** Docker's descriptors have no annotations. */
  private Descriptor inItsWords(Descriptor descriptor) {
    if (!MediaTypes.isDocker(descriptor.mediaType())) {
      return descriptor;
    }
    String mediaType = mediaType(descriptor.mediaType());
    return options.dockerToOci()
        ? new Descriptor(
            mediaType, descriptor.digest(), descriptor.size(), descriptor.annotations())
        : Descriptor.of(mediaType, descriptor.digest(), descriptor.size());
  }

  private String mediaType(String old) {
    return options.dockerToOci() ? LayerTypes.oci(old) : old;
  }
}
