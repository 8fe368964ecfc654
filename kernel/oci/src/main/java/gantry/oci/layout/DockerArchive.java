// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.content.BlobInfo;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;
import gantry.oci.image.DockerSave;
import gantry.oci.image.ImageConfig;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.image.Platforms;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes manifests and an index for the images of a {@code docker save} archive. */
final class DockerArchive {
  /** Enough to tell a compression, bytes. */
  private static final int MAGIC = 10;

  private final ArchiveFiles files;
  private final BlobStore blobs;
  private final boolean compress;

  DockerArchive(ArchiveFiles files, BlobStore blobs, boolean compress) {
    this.files = files;
    this.blobs = blobs;
    this.compress = compress;
  }

  Descriptor index(byte[] manifestJson) throws IOException {
    List<IndexEntry> entries = new ArrayList<>();
    for (DockerSave image : DockerSave.parse(manifestJson)) {
      addEntries(image, entries);
    }
    Index index = new Index("", "", entries, null, Map.of());
    return put(MediaTypes.OCI_INDEX, index.toJson());
  }

  private void addEntries(DockerSave image, List<IndexEntry> entries) throws IOException {
    Descriptor config = typed(MediaTypes.DOCKER_CONFIG, file("image config", image.config()));
    ImageConfig configuration = ImageConfig.parse(blobs.document(config.digest()));
    List<Layer> layers = new ArrayList<>();
    for (String name : image.layers()) {
      layers.add(Layer.of(layer(file("layer", name))));
    }
    Manifest manifest =
        new Manifest(MediaTypes.DOCKER_MANIFEST, "", config, layers, null, Map.of());
    Descriptor stored = put(MediaTypes.DOCKER_MANIFEST, manifest.toJson());
    ImagePlatform platform = Platforms.normalized(configuration.platform());
    if (image.repoTags().isEmpty()) {
      entries.add(new IndexEntry(stored, platform));
    }
    for (String tag : image.repoTags()) {
      entries.add(new IndexEntry(LayoutNames.named(stored, ImageName.normalized(tag)), platform));
    }
  }

  private Descriptor file(String what, String name) {
    Descriptor file = files.find(ArchiveFiles.clean(name));
    if (file == null) {
      throw new InvalidArgumentException(
          "import: %s \"%s\" not found in the archive".formatted(what, name));
    }
    return file;
  }

  /** An uncompressed layer that is in the store compressed needs no second copy there. */
  private Descriptor layer(Descriptor file) throws IOException {
    Compression compression = compression(file);
    if (compression != Compression.NONE) {
      return typed(compression, file);
    }
    Optional<BlobInfo> known = blobs.compressed(file.digest());
    if (known.isPresent()) {
      Descriptor layer = Descriptor.of("", known.get().digest(), known.get().size());
      return typed(compression(layer), layer);
    }
    return compress ? compressed(file) : typed(compression, file);
  }

  private Compression compression(Descriptor file) throws IOException {
    try (InputStream in = blobs.open(file.digest())) {
      byte[] start = in.readNBytes(MAGIC);
      return Compression.of(start, start.length);
    }
  }

  private static Descriptor typed(Compression compression, Descriptor file) {
    return switch (compression) {
      case GZIP -> typed(MediaTypes.DOCKER_LAYER_GZIP, file);
      case ZSTD -> typed(MediaTypes.DOCKER_LAYER_ZSTD, file);
      case NONE -> typed(MediaTypes.DOCKER_LAYER, file);
    };
  }

  private Descriptor compressed(Descriptor file) throws IOException {
    try (InputStream in = blobs.open(file.digest());
        BlobWriter writer = blobs.writer(0, null)) {
      CountedOutput out = new CountedOutput(writer);
      try (OutputStream packed = Compression.GZIP.pack(out)) {
        in.transferTo(packed);
      }
      Digest digest =
          writer.commit(Labels.of(Map.of(WellKnown.UNCOMPRESSED, file.digest().toString())));
      return Descriptor.of(MediaTypes.DOCKER_LAYER_GZIP, digest, out.count());
    }
  }

  private Descriptor put(String mediaType, byte[] document) throws IOException {
    return Descriptor.of(mediaType, blobs.put(document, Labels.none()), document.length);
  }

  private static Descriptor typed(String mediaType, Descriptor file) {
    return Descriptor.of(mediaType, file.digest(), file.size());
  }
}
