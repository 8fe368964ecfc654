// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DataLossException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.image.DockerSave;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.Index;
import gantry.oci.image.IndexEntry;
import gantry.oci.image.Layer;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.image.Platforms;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ArchiveWriterTest {
  private static final Platform AMD64 = Platforms.parse("linux/amd64");
  private static final Platform ARM64 = Platforms.parse("linux/arm64");
  private static final ArchiveWriter.Options AMD64_ONLY =
      new ArchiveWriter.Options(PlatformMatcher.exactly(List.of(AMD64)), false, false, false);

  private final MemoryBlobs blobs = new MemoryBlobs();

  @Test
  void archive_isSortedAndWithoutTimes() throws IOException {
    byte[] archive = written(AMD64_ONLY, "quay.io/a/b:1", index());

    List<TarEntry> entries = new ArrayList<>();
    TarReader tar = new TarReader(new ByteArrayInputStream(archive));
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      entries.add(entry);
    }
    assertThat(entries).extracting(TarEntry::name).isSorted().doesNotHaveDuplicates();
    assertThat(entries).allMatch(entry -> entry.modified().equals(Instant.EPOCH));
    assertThat(entries)
        .allSatisfy(
            entry ->
                assertThat(entry.permissions())
                    .isEqualTo(
                        switch (entry.name()) {
                          case "blobs/", "blobs/sha256/" -> 0755;
                          case "index.json", "manifest.json" -> 0644;
                          default -> 0444;
                        }));
    assertThat(entries)
        .extracting(TarEntry::name)
        .startsWith("blobs/", "blobs/sha256/")
        .endsWith("index.json", "manifest.json", "oci-layout");
  }

  @Test
  void sameImage_givesSameBytes() throws IOException {
    byte[] first = written(AMD64_ONLY, "quay.io/a/b:1", index());
    byte[] second = written(AMD64_ONLY, "quay.io/a/b:1", index());

    assertThat(second).isEqualTo(first);
  }

  @Test
  void archive_isReadBack() throws IOException {
    Descriptor image = index();
    byte[] archive = written(all(), "quay.io/a/b:1", image);
    MemoryBlobs others = new MemoryBlobs();

    Descriptor read = new ArchiveReader(others, false).read(new ByteArrayInputStream(archive));

    Index index = Index.parse(others.document(read.digest()));
    assertThat(index.manifests())
        .containsExactly(
            new IndexEntry(
                new Descriptor(
                    image.mediaType(),
                    image.digest(),
                    image.size(),
                    Map.of(LayoutNames.IMAGE_NAME, "quay.io/a/b:1", LayoutNames.REF_NAME, "1")),
                null));
    assertThat(others.size()).isEqualTo(blobs.size() + 1);
  }

  @Test
  void indexForOnePlatform_lacksTheOthers() throws IOException {
    Descriptor image = index();
    Map<String, byte[]> some = files(written(AMD64_ONLY, "a/b:1", image));
    Map<String, byte[]> all = files(written(all(), "a/b:1", image));

    assertThat(some.keySet()).filteredOn(name -> name.startsWith("blobs/")).hasSize(4);
    assertThat(all.keySet()).filteredOn(name -> name.startsWith("blobs/")).hasSize(7);
    List<DockerSave> docker = DockerSave.parse(file(some, "manifest.json"));
    assertThat(docker)
        .singleElement()
        .satisfies(
            save -> {
              assertThat(save.repoTags()).containsExactly("a/b:1");
              assertThat(some).containsKeys(save.config()).containsKeys(save.layers().getFirst());
            });
  }

  @Test
  void twoNamesOfOneImage_areBothInDockersManifest() throws IOException {
    Descriptor image = image(AMD64, "l", MediaTypes.OCI_LAYER);
    ArchiveWriter writer = new ArchiveWriter(blobs, AMD64_ONLY);
    writer.add("docker.io/library/a:1", image);
    writer.add("docker.io/library/a:2", image);

    Map<String, byte[]> files = files(writer);

    assertThat(DockerSave.parse(file(files, "manifest.json")))
        .singleElement()
        .extracting(DockerSave::repoTags)
        .isEqualTo(List.of("a:1", "a:2"));
    assertThat(Index.parse(file(files, "index.json")).manifests()).hasSize(2);
  }

  @Test
  void dockersManifest_isLeftOutIfAsked() throws IOException {
    ArchiveWriter.Options options =
        new ArchiveWriter.Options(PlatformMatcher.ALL, false, true, false);

    assertThat(files(written(options, "a/b:1", index()))).doesNotContainKey("manifest.json");
  }

  @Test
  void nonDistributableLayer_isLeftOutIfAsked() throws IOException {
    Descriptor image = image(AMD64, "foreign", MediaTypes.OCI_FOREIGN_LAYER);
    ArchiveWriter.Options options =
        new ArchiveWriter.Options(PlatformMatcher.ALL, false, false, true);

    assertThat(files(written(options, "a/b:1", image)))
        .doesNotContainKey(LayoutWriter.path(Digest.sha256("foreign".getBytes(UTF_8))));
    assertThat(files(written(all(), "a/b:1", image)))
        .containsKey(LayoutWriter.path(Digest.sha256("foreign".getBytes(UTF_8))));
  }

  @Test
  void sourceLabels_becomeAnnotations() throws IOException {
    Descriptor image = image(AMD64, "l", MediaTypes.OCI_LAYER);
    String key = "containerd.io/distribution.source.quay.io";
    blobs.label(image.digest(), Map.of(key, "a/b", "other", "x"));

    Index index = Index.parse(file(files(written(AMD64_ONLY, "a/b:1", image)), "index.json"));

    assertThat(index.manifests().getFirst().descriptor().annotations())
        .containsEntry(key, "a/b")
        .doesNotContainKey("other");
  }

  @Test
  void missingBlob_isNamedBeforeAnythingIsWritten() throws IOException {
    Descriptor image = index();
    Digest layer = Digest.sha256("linux/amd64".getBytes(UTF_8));
    blobs.remove(layer);

    assertThatThrownBy(() -> new ArchiveWriter(blobs, AMD64_ONLY).add("a/b:1", image))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(layer.toString());
  }

  @Test
  void damagedBlob_isNotGivenAway() throws IOException {
    Descriptor image = image(AMD64, "layer", MediaTypes.OCI_LAYER);
    ArchiveWriter writer = new ArchiveWriter(blobs, AMD64_ONLY);
    writer.add("a/b:1", image);
    blobs.damage(Digest.sha256("layer".getBytes(UTF_8)), "lAyer".getBytes(UTF_8));

    assertThatThrownBy(() -> writer.write(new ByteArrayOutputStream()))
        .isInstanceOf(DataLossException.class)
        .hasMessageContaining("unexpected digest");
  }

  @Test
  void imageWithoutThePlatform_isRefused() throws IOException {
    Descriptor image = index();
    ArchiveWriter.Options s390x =
        new ArchiveWriter.Options(
            PlatformMatcher.exactly(List.of(Platforms.parse("linux/s390x"))), false, false, false);

    assertThatThrownBy(() -> new ArchiveWriter(blobs, s390x).add("a/b:1", image))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no manifest found for platform");
  }

  @Test
  void layerAsImage_isRefused() throws IOException {
    Descriptor layer = put(MediaTypes.OCI_LAYER, "x".getBytes(UTF_8));

    assertThatThrownBy(() -> new ArchiveWriter(blobs, AMD64_ONLY).add("a/b:1", layer))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("only manifests may be exported");
  }

  private Descriptor index() throws IOException {
    List<IndexEntry> entries = new ArrayList<>();
    for (Platform platform : List.of(ARM64, AMD64)) {
      entries.add(
          new IndexEntry(
              image(platform, platform.toString(), MediaTypes.OCI_LAYER),
              ImagePlatform.of(platform)));
    }
    return put(
        MediaTypes.OCI_INDEX,
        new Index(MediaTypes.OCI_INDEX, "", entries, null, Map.of()).toJson());
  }

  private Descriptor image(Platform platform, String layer, String layerType) throws IOException {
    String config =
        "{\"os\":\"%s\",\"architecture\":\"%s\"}".formatted(platform.os(), platform.architecture());
    Manifest manifest =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            "",
            put(MediaTypes.OCI_CONFIG, config.getBytes(UTF_8)),
            List.of(Layer.of(put(layerType, layer.getBytes(UTF_8)))),
            null,
            Map.of());
    return put(MediaTypes.OCI_MANIFEST, manifest.toJson());
  }

  private Descriptor put(String mediaType, byte[] bytes) throws IOException {
    return Descriptor.of(mediaType, blobs.put(bytes, Labels.none()), bytes.length);
  }

  private byte[] written(ArchiveWriter.Options options, String name, Descriptor image)
      throws IOException {
    ArchiveWriter writer = new ArchiveWriter(blobs, options);
    writer.add(name, image);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out);
    return out.toByteArray();
  }

  private static Map<String, byte[]> files(ArchiveWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out);
    return files(out.toByteArray());
  }

  private static Map<String, byte[]> files(byte[] archive) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    TarReader tar = new TarReader(new ByteArrayInputStream(archive));
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      if (!entry.name().endsWith("/")) {
        files.put(entry.name(), tar.bytes(1 << 20));
      }
    }
    return files;
  }

  private static byte[] file(Map<String, byte[]> files, String name) {
    return Objects.requireNonNull(files.get(name), name);
  }

  private static ArchiveWriter.Options all() {
    return new ArchiveWriter.Options(PlatformMatcher.exactly(List.of(AMD64)), true, false, false);
  }
}
