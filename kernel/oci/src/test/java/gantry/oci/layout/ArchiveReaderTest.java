// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.labels.WellKnown;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.compression.Compression;
import gantry.oci.image.Index;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchiveReaderTest {
  private static final String CONFIG =
      "{\"architecture\":\"arm\",\"variant\":\"v7\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";

  private final MemoryBlobs blobs = new MemoryBlobs();

  @ParameterizedTest
  @EnumSource(Compression.class)
  void layout_isRead_howeverCompressed(Compression compression) throws IOException {
    byte[] blob = "{}".getBytes(UTF_8);
    byte[] archive =
        new TarImage()
            .file("./index.json", "{\"manifests\":[]}")
            .blob(blob)
            .layoutVersion()
            .bytes();

    Descriptor index = read(packed(compression, archive));

    assertThat(index.mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
    assertThat(blobs.document(index.digest())).asString(UTF_8).isEqualTo("{\"manifests\":[]}");
    assertThat(blobs.document(Digest.sha256(blob))).isEqualTo(blob);
    assertThat(blobs.open()).isZero();
  }

  @Test
  void dockerArchive_becomesIndexOfManifests() throws IOException {
    byte[] archive =
        new TarImage()
            .file("c.json", CONFIG)
            .file("one/layer.tar", "first")
            .symlink("two/layer.tar", "../one/layer.tar")
            .file("repositories", "{}")
            .file(
                "manifest.json",
                """
                [{"Config":"c.json","RepoTags":["busybox","quay.io/a/b:3"],
                  "Layers":["one/layer.tar","two/layer.tar"]}]\
                """)
            .bytes();

    Index index = Index.parse(blobs.document(read(archive).digest()));

    assertThat(index.manifests())
        .extracting(entry -> entry.descriptor().annotations().get(LayoutNames.IMAGE_NAME))
        .containsExactly("docker.io/library/busybox:latest", "quay.io/a/b:3");
    assertThat(index.manifests())
        .extracting(entry -> entry.descriptor().annotations().get(LayoutNames.REF_NAME))
        .containsExactly("latest", "3");
    assertThat(index.manifests())
        .allSatisfy(
            entry ->
                assertThat(entry.platform())
                    .isNotNull()
                    .extracting(platform -> platform.platform())
                    .isEqualTo(new Platform("linux", "arm", "v7")));
    Manifest manifest =
        Manifest.parse(blobs.document(index.manifests().getFirst().descriptor().digest()));
    Layer layer =
        Layer.of(Descriptor.of(MediaTypes.DOCKER_LAYER, Digest.sha256("first".getBytes(UTF_8)), 5));
    assertThat(manifest.layers()).isEqualTo(List.of(layer, layer));
    assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.DOCKER_CONFIG);
  }

  @Test
  void dockerLayer_isCompressed_ifAsked() throws IOException {
    byte[] archive =
        new TarImage()
            .file("c.json", CONFIG)
            .file("l.tar", "first")
            .file("manifest.json", "[{\"Config\":\"c.json\",\"Layers\":[\"l.tar\"]}]")
            .bytes();

    Descriptor index = new ArchiveReader(blobs, true).read(new ByteArrayInputStream(archive));

    Descriptor manifest =
        Index.parse(blobs.document(index.digest())).manifests().getFirst().descriptor();
    Descriptor layer =
        Manifest.parse(blobs.document(manifest.digest())).layers().getFirst().descriptor();
    assertThat(layer.mediaType()).isEqualTo(MediaTypes.DOCKER_LAYER_GZIP);
    assertThat(Compression.unpack(blobs.open(layer.digest())).readAllBytes())
        .asString(UTF_8)
        .isEqualTo("first");
    assertThat(blobs.info(layer.digest()).labels().find(WellKnown.UNCOMPRESSED))
        .contains(Digest.sha256("first".getBytes(UTF_8)).toString());
    assertThat(blobs.info(layer.digest()).size()).isEqualTo(layer.size());
  }

  private Descriptor read(byte[] archive) throws IOException {
    return new ArchiveReader(blobs, false).read(new ByteArrayInputStream(archive));
  }

  private static byte[] packed(Compression compression, byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = compression.pack(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }
}
