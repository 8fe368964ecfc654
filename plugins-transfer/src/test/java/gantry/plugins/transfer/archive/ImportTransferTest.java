// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.Platform;
import gantry.oci.compression.Compression;
import gantry.oci.image.Platforms;
import gantry.oci.layout.LayoutNames;
import gantry.transfer.ImportArchive;
import gantry.transfer.Progress;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.ExtraReference;
import gantry.transfer.StoredImage.UnpackTarget;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ImportTransferTest {
  private static final Caller CALLER = Caller.of(new Namespace("test"));
  private static final Platform AMD64 = Platforms.parse("linux/amd64");
  private static final Platform ARM64 = Platforms.parse("linux/arm64");
  private static final ExtraReference BELOW =
      new ExtraReference("quay.io/a", true, false, false, false);
  private static final ExtraReference ANY =
      new ExtraReference("imported", true, true, false, false);

  private final MemoryMetadata metadata = new MemoryMetadata();
  private final Samples samples = new Samples();
  private final List<String> unpacked = new ArrayList<>();
  private final List<Progress> progress = new ArrayList<>();

  @AfterEach
  void nothingIsLeftOpen() {
    assertThat(metadata.content.ingests).isEmpty();
    assertThat(metadata.leases.values()).allMatch(Objects::isNull);
  }

  @Test
  void image_isStoredLabelledAndNamed() throws IOException {
    Descriptor image = samples.image(AMD64);
    Descriptor entry = Samples.annotated(image, LayoutNames.IMAGE_NAME, "quay.io/a/b:1");

    run(samples.layout(entry), wanted(List.of(), ANY));

    assertThat(metadata.images.values()).singleElement().extracting(Image::target).isEqualTo(entry);
    assertThat(metadata.images).containsOnlyKeys("quay.io/a/b:1");
    assertThat(metadata.content.info(image.digest()).labels().map())
        .containsOnlyKeys(
            "containerd.io/gc.ref.content.config", "containerd.io/gc.ref.content.l.0");
    assertThat(progress)
        .extracting(Progress::event)
        .containsExactly("Importing", "saved", "Completed import");
    assertThat(progress.get(1).name()).isEqualTo("quay.io/a/b:1");
    assertThat(progress.get(1).descriptor()).isEqualTo(entry);
  }

  @Test
  void tag_goesBehindThePrefix() throws IOException {
    Descriptor entry = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "latest");

    run(samples.layout(entry), wanted(List.of(), BELOW));

    assertThat(metadata.images).containsOnlyKeys("quay.io/a:latest");
  }

  @Test
  void nameOutsideThePrefix_isTakenOnlyIfAllowed() throws IOException {
    Descriptor image = samples.image(AMD64);
    Descriptor inside = Samples.annotated(image, LayoutNames.IMAGE_NAME, "quay.io/a/b:1");
    Descriptor outside = Samples.annotated(image, LayoutNames.REF_NAME, "quay.io/ab:1");

    run(samples.layout(inside, outside), wanted(List.of(), BELOW));
    assertThat(metadata.images).containsOnlyKeys("quay.io/a/b:1");

    run(samples.layout(inside, outside), wanted(List.of(), ANY));
    assertThat(metadata.images).containsOnlyKeys("quay.io/a/b:1", "quay.io/ab:1");
  }

  @Test
  void digestNames_areGivenAsAsked() throws IOException {
    Descriptor image = samples.image(AMD64);
    Descriptor named = Samples.annotated(image, LayoutNames.REF_NAME, "1");
    Descriptor unnamed = samples.image(ARM64);
    ExtraReference digests = new ExtraReference("q.io/a", true, false, true, false);
    ExtraReference sparing = new ExtraReference("q.io/b", true, false, true, true);

    run(samples.layout(named, unnamed), wanted(List.of(), digests, sparing));

    assertThat(metadata.images.keySet())
        .contains(
            "q.io/a:1",
            "q.io/a@" + image.digest(),
            "q.io/a@" + unnamed.digest(),
            "q.io/b:1",
            "q.io/b@" + unnamed.digest())
        .doesNotContain("q.io/b@" + image.digest());
  }

  @Test
  void indexName_isGivenToAllTogether() throws IOException {
    Descriptor entry = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "1");
    StoredImage wanted =
        new StoredImage(
            "q.io/all:1",
            Labels.of(Map.of("mine", "x")),
            List.of(),
            false,
            0,
            List.of(BELOW),
            List.of());

    run(samples.layout(entry), wanted);

    assertThat(image("q.io/all:1").target().mediaType())
        .isEqualTo("application/vnd.oci.image.index.v1+json");
    assertThat(image("q.io/all:1").labels().map()).isEqualTo(Map.of("mine", "x"));
    assertThat(image("quay.io/a:1").labels().map())
        .containsEntry("containerd.io/gc.bref.image", "q.io/all:1")
        .containsKeys("mine", "containerd.io/gc.expire");
  }

  @Test
  void referrer_makesNoImage() throws IOException {
    Descriptor image = samples.image(AMD64);
    Descriptor referrer =
        Samples.annotated(
            image,
            "io.containerd.manifest.subject",
            image.digest().toString(),
            LayoutNames.REF_NAME,
            "1");

    run(samples.layout(referrer), wanted(List.of(), ANY));

    assertThat(metadata.images).isEmpty();
  }

  @Test
  void nameInUse_movesToTheNewImage() throws IOException {
    Descriptor old = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "1");
    run(samples.layout(old), wanted(List.of(), BELOW));
    Descriptor other = Samples.annotated(samples.image(ARM64), LayoutNames.REF_NAME, "1");

    run(samples.layout(other), wanted(List.of(), BELOW));

    assertThat(image("quay.io/a:1").target()).isEqualTo(other);
  }

  @Test
  void otherPlatforms_mayBeMissing() throws IOException {
    Descriptor index = samples.index(AMD64, ARM64);
    Descriptor entry = Samples.annotated(index, LayoutNames.REF_NAME, "1");
    samples.without(samples.layer(ARM64)).without(samples.image(ARM64));
    InputStream archive = without(samples.layout(entry), samples.image(ARM64));

    run(archive, wanted(List.of(AMD64), BELOW));

    assertThat(metadata.images).containsOnlyKeys("quay.io/a:1");
    assertThat(metadata.content.info(index.digest()).labels().map())
        .containsKeys("containerd.io/gc.ref.content.m.0", "containerd.io/gc.ref.content.m.1");
  }

  @Test
  void wantedPlatform_mayNotBeMissing() {
    Descriptor entry = Samples.annotated(samples.index(AMD64, ARM64), LayoutNames.REF_NAME, "1");
    InputStream archive = without(samples.layout(entry), samples.image(ARM64));

    assertThatThrownBy(() -> run(archive, wanted(List.of(ARM64), BELOW)))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(samples.image(ARM64).digest().toString());
    assertThat(metadata.images).isEmpty();
  }

  @Test
  void missingLayer_isNamed() {
    Descriptor entry = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "1");
    InputStream archive = without(samples.layout(entry), samples.layer(AMD64));

    assertThatThrownBy(() -> run(archive, wanted(List.of(), BELOW)))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("lacks " + samples.layer(AMD64).digest());
    assertThat(metadata.images).isEmpty();
  }

  @Test
  void emptyIndex_isRefused() {
    assertThatThrownBy(() -> run(samples.layout(), wanted(List.of(), ANY)))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("might be filtered out");
  }

  @Test
  void imagesOfTheTarget_areUnpackedBeforeTheyAreNamed() throws IOException {
    Descriptor entry = Samples.annotated(samples.index(AMD64, ARM64), LayoutNames.REF_NAME, "1");
    StoredImage wanted =
        new StoredImage(
            "",
            Labels.none(),
            List.of(),
            false,
            0,
            List.of(BELOW),
            List.of(new UnpackTarget(AMD64, "native")));

    run(samples.layout(entry), wanted);

    assertThat(unpacked)
        .containsExactly(samples.image(AMD64).digest() + " linux/amd64 native lease0 []");
  }

  @Test
  void layerOfDockerThatIsThereCompressed_isNotTakenTwice() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = Compression.GZIP.pack(packed)) {
      out.write("files".getBytes(UTF_8));
    }
    Digest layer = Digest.sha256(packed.toByteArray());
    metadata.content.blobs.put(layer, packed.toByteArray());
    metadata.content.labels.put(
        layer,
        Labels.of(Map.of(WellKnown.UNCOMPRESSED, "" + Digest.sha256("files".getBytes(UTF_8)))));
    samples.files.put("c.json", "{}".getBytes(UTF_8));
    samples.files.put("layer.tar", "files".getBytes(UTF_8));
    samples.files.put(
        "manifest.json",
        "[{\"Config\":\"c.json\",\"RepoTags\":[\"a:1\"],\"Layers\":[\"layer.tar\"]}]"
            .getBytes(UTF_8));

    run(new ByteArrayInputStream(samples.archive()), wanted(List.of(), ANY));

    byte[] manifest = metadata.content.blobs.get(image("docker.io/library/a:1").target().digest());
    assertThat(manifest).asString(UTF_8).contains(layer.toString(), "tar.gzip");
  }

  @Test
  void archiveThatBreaksOff_leavesNothing() {
    Descriptor entry = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "1");
    samples.layout(entry);
    byte[] archive = samples.archive();

    assertThatThrownBy(
            () ->
                run(
                    new ByteArrayInputStream(Arrays.copyOf(archive, 1540)),
                    wanted(List.of(), BELOW)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("not complete");
    assertThat(metadata.images).isEmpty();
  }

  @Test
  void blobThatLies_isRefusedAlsoIfTheStoreHasTheRealOne() throws IOException {
    Descriptor entry = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "1");
    run(samples.layout(entry), wanted(List.of(), BELOW));
    metadata.images.clear();
    String path = "blobs/sha256/" + samples.layer(AMD64).digest().hex();
    samples.files.put(path, "something else".getBytes(UTF_8));
    InputStream archive = new ByteArrayInputStream(samples.archive());

    assertThatThrownBy(() -> run(archive, wanted(List.of(), BELOW)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("unexpected digest");
    assertThat(metadata.images).isEmpty();
  }

  @Test
  void leaseOfTheCaller_isUsedAndLeft() throws IOException {
    metadata.leases().create("mine", Labels.none());
    Descriptor entry = Samples.annotated(samples.image(AMD64), LayoutNames.REF_NAME, "1");
    Caller leased = new Caller(new Namespace("test"), "mine");

    run(leased, samples.layout(entry), wanted(List.of(), BELOW));
    run(leased, samples.layout(entry), wanted(List.of(), BELOW));

    assertThat(metadata.leases.get("mine")).contains(samples.layer(AMD64).digest().toString());
    metadata.leases().delete("mine");
  }

  /** The archive once more, without one blob. */
  private InputStream without(InputStream archive, Descriptor blob) {
    assertThat(archive).isNotNull();
    samples.without(blob);
    return new ByteArrayInputStream(samples.archive());
  }

  private Image image(String name) {
    return metadata.images().get(name);
  }

  private void run(InputStream archive, StoredImage wanted) throws IOException {
    run(CALLER, archive, wanted);
  }

  private void run(Caller caller, InputStream archive, StoredImage wanted) throws IOException {
    Unpacking unpacking =
        (as, manifest, platform, snapshotter, listener) ->
            unpacked.add(
                "%s %s %s %s %s"
                    .formatted(
                        manifest.digest(),
                        platform,
                        snapshotter,
                        as.leaseId(),
                        metadata.images.keySet()));
    new ImportTransfer(metadata.handle(), unpacking)
        .run(caller, new ImportArchive(archive, "", false), wanted, progress::add);
  }

  private static StoredImage wanted(List<Platform> platforms, ExtraReference... references) {
    return new StoredImage("", Labels.none(), platforms, false, 0, List.of(references), List.of());
  }
}
