// SPDX-License-Identifier: Apache-2.0
package gantry.oci.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.compression.Compression;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.image.Platforms;
import gantry.oci.layout.MemoryBlobs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImageConverterTest {
  private static final Platform AMD64 = Platforms.parse("linux/amd64");
  private static final Platform ARM64 = Platforms.parse("linux/arm64");

  private final MemoryBlobs blobs = new MemoryBlobs();

  @Test
  void uncompress_keepsContentAndLabels() throws IOException {
    Descriptor image = image("files", "files");
    blobs.label(image.digest(), Map.of("mine", "x", WellKnown.GC_REF_CONTENT + ".l.0", "old"));
    Digest packed = manifest(image).layers().getFirst().descriptor().digest();
    blobs.label(packed, Map.of("source", "y", WellKnown.UNCOMPRESSED, "z"));

    Descriptor converted = convert(true, false, PlatformMatcher.ALL, image);

    Descriptor layer = manifest(converted).layers().getFirst().descriptor();
    assertThat(converted.mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
    assertThat(layer)
        .isEqualTo(
            Descriptor.of(MediaTypes.DOCKER_LAYER, Digest.sha256("files".getBytes(UTF_8)), 5));
    assertThat(blobs.document(layer.digest())).asString(UTF_8).isEqualTo("files");
    assertThat(blobs.info(layer.digest()).labels().map()).isEqualTo(Map.of("source", "y"));
    assertThat(blobs.info(converted.digest()).labels().map())
        .isEqualTo(
            Map.of(
                "mine",
                "x",
                WellKnown.GC_REF_CONTENT + ".config",
                manifest(converted).config().digest().toString(),
                WellKnown.GC_REF_CONTENT + ".l.0",
                layer.digest().toString()));
    assertThat(blobs.info(converted.digest()).size()).isEqualTo(converted.size());
  }

  @Test
  void dockersTypes_becomeOcis() throws IOException {
    Descriptor list = list();

    Descriptor converted = convert(false, true, PlatformMatcher.ALL, list);

    assertThat(converted.mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
    Index index = Index.parse(blobs.document(converted.digest()));
    assertThat(index.mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
    assertThat(index.manifests())
        .extracting(entry -> entry.descriptor().mediaType())
        .containsOnly(MediaTypes.OCI_MANIFEST);
    Manifest manifest = manifest(index.manifests().getFirst().descriptor());
    assertThat(manifest.mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.OCI_CONFIG);
    assertThat(manifest.layers().getFirst().descriptor().mediaType())
        .isEqualTo(MediaTypes.OCI_LAYER_GZIP);
  }

  @Test
  void otherPlatforms_areDropped() throws IOException {
    Descriptor converted = convert(false, false, PlatformMatcher.exactly(List.of(ARM64)), list());

    assertThat(Index.parse(blobs.document(converted.digest())).manifests())
        .singleElement()
        .extracting(IndexEntry::platform)
        .isEqualTo(ImagePlatform.of(ARM64));
  }

  @Test
  void nothingToDo_leavesTheImage() throws IOException {
    Descriptor image = image("files", "files");
    int before = blobs.size();

    assertThat(convert(false, false, PlatformMatcher.ALL, image)).isEqualTo(image);
    assertThat(
            convert(
                true, true, PlatformMatcher.ALL, convert(true, true, PlatformMatcher.ALL, image)))
        .isEqualTo(convert(true, true, PlatformMatcher.ALL, image));
    assertThat(blobs.size()).isEqualTo(before + 2);
  }

  @Test
  void layerThatIsNotWhatTheConfigSays_isRefused() throws IOException {
    Descriptor image = image("files", "other files");

    assertThatThrownBy(() -> convert(true, false, PlatformMatcher.ALL, image))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("but the configuration says");
  }

  @Test
  void indexesInsideEachOther_areLimited() throws IOException {
    Descriptor image = image("files", "files");
    for (int i = 0; i < 20; i++) {
      image = index(MediaTypes.OCI_INDEX, List.of(new IndexEntry(image, null)));
    }
    Descriptor deep = image;

    assertThatThrownBy(() -> convert(true, false, PlatformMatcher.ALL, deep))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("inside each other");
  }

  private Descriptor convert(
      boolean uncompress, boolean oci, PlatformMatcher platforms, Descriptor image)
      throws IOException {
    return new ImageConverter(blobs, new ImageConverter.Options(uncompress, oci, platforms))
        .convert(image);
  }

  private Manifest manifest(Descriptor image) throws IOException {
    return Manifest.parse(blobs.document(image.digest()));
  }

  private Descriptor list() throws IOException {
    List<IndexEntry> entries = new ArrayList<>();
    for (Platform platform : List.of(AMD64, ARM64)) {
      entries.add(
          new IndexEntry(
              image(platform.toString(), platform.toString()), ImagePlatform.of(platform)));
    }
    return index(MediaTypes.DOCKER_LIST, entries);
  }

  private Descriptor index(String mediaType, List<IndexEntry> entries) throws IOException {
    return put(mediaType, new Index(mediaType, "", entries, null, Map.of()).toJson());
  }

  private Descriptor image(String files, String promised) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = Compression.GZIP.pack(packed)) {
      out.write(files.getBytes(UTF_8));
    }
    String config =
        "{\"rootfs\":{\"diff_ids\":[\"%s\"]}}".formatted(Digest.sha256(promised.getBytes(UTF_8)));
    Manifest manifest =
        new Manifest(
            MediaTypes.DOCKER_MANIFEST,
            "",
            put(MediaTypes.DOCKER_CONFIG, config.getBytes(UTF_8)),
            List.of(Layer.of(put(MediaTypes.DOCKER_LAYER_GZIP, packed.toByteArray()))),
            null,
            Map.of());
    return put(MediaTypes.DOCKER_MANIFEST, manifest.toJson());
  }

  private Descriptor put(String mediaType, byte[] bytes) throws IOException {
    return Descriptor.of(mediaType, blobs.put(bytes, Labels.none()), bytes.length);
  }
}
