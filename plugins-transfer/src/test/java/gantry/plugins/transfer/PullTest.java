// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.PermissionDeniedException;
import gantry.labels.Labels;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.testkit.Blobs;
import gantry.testkit.FixedHandle;
import gantry.testkit.Together;
import gantry.testkit.registry.Fault;
import gantry.transfer.ImageVerifier;
import gantry.transfer.StoredImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullTest {
  @TempDir Path root;
  private TransferHouse house;

  @BeforeEach
  void open() {
    house = new TransferHouse(root);
  }

  @AfterEach
  void close() {
    house.close();
  }

  @Test
  void pull_bringsContentSnapshotsLabelsAndName() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 300_000, 10, 200_000);

    house.pull("v1");

    Descriptor top = image.layers().get(2);
    Digest chain = ChainId.of(image.layers().stream().map(Descriptor::digest).toList());
    assertThat(house.metadata.content.blobs).hasSize(5);
    assertThat(house.metadata.content.ingests).isEmpty();
    assertThat(house.metadata.image(house.reference("v1")).target().digest())
        .isEqualTo(image.manifest().digest());
    assertThat(house.metadata.content.labels(image.manifest().digest()).map())
        .containsEntry("containerd.io/gc.ref.content.config", image.config().digest().toString())
        .containsEntry("containerd.io/gc.ref.content.l.2", top.digest().toString())
        .containsEntry("containerd.io/distribution.source.127.0.0.1", TestImage.REPOSITORY);
    assertThat(house.metadata.content.labels(image.config().digest()).map())
        .containsEntry("containerd.io/gc.ref.snapshot.overlayfs", chain.toString());
    assertThat(house.metadata.content.labels(top.digest()).map())
        .containsEntry("containerd.io/uncompressed", top.digest().toString());
    assertThat(house.metadata.leases).isEmpty();
    assertThat(house.metadata.kept).hasSize(5);
  }

  @Test
  void pull_tellsWhatClientsKnow() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 300_000);

    house.pull("v1");

    String source = "OCI Registry (" + house.reference("v1") + ")";
    assertThat(house.events())
        .startsWith("Resolving from " + source, "Pulling from " + source, "fetching image content")
        .endsWith("saved", "Completed pull from " + source);
    assertThat(house.events("layer-" + image.layers().getFirst().digest()))
        .startsWith("waiting")
        .contains("complete")
        .endsWith("extracted");
    assertThat(house.events("manifest-" + image.manifest().digest()))
        .startsWith("waiting")
        .endsWith("complete");
  }

  @Test
  void pull_again_fetchesNothing() throws Exception {
    TestImage.shelve(house.registry, "v1", "amd64", 1000, 1000);
    house.pull("v1");
    house.registry.forget();

    house.pull("v1");

    assertThat(house.registry.count("GET", "/blobs/")).isZero();
    assertThat(house.events()).contains("already exists");
  }

  @Test
  void pull_inParallelAndOneByOne_makesTheSameSnapshots(@TempDir Path other) throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 9000, 10, 8000, 7, 6000);
    house.pull("v1");
    List<String> parallel = snapshots(house);

    try (TransferHouse sequential = new TransferHouse(other)) {
      sequential.metadata.snapshots.cannotRebase();
      TestImage.shelve(sequential.registry, "v1", "amd64", 9000, 10, 8000, 7, 6000);
      sequential.pull("v1");
      assertThat(snapshots(sequential)).isEqualTo(parallel);
    }
    assertThat(parallel).hasSize(5);
    assertThat(image.layers()).hasSize(5);
    assertThat(house.differ.mountTypes).containsOnlyOnce("bind").contains("overlay");
  }

  private static List<String> snapshots(TransferHouse house) {
    return house.metadata.snapshots.all().stream()
        .map(info -> info.kind() + info.name() + info.parent() + info.labels())
        .toList();
  }

  @Test
  void pull_ofLayerThatNeedsThoseBelow_unpacksItOnThem() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 900, 1000, 800);
    house.differ.dependent.add(image.layers().get(1).digest());

    house.pull("v1");

    assertThat(house.metadata.snapshots.all())
        .hasSize(3)
        .extracting(SnapshotInfo::kind)
        .containsOnly(SnapshotKind.COMMITTED);
  }

  @Test
  void pull_ofCutBody_goesOnWhereItEnded() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 3_000_000);
    String layer = image.layers().getFirst().digest().toString();
    house.registry.fault(Fault.cutAfter(1_000_000).on("GET", layer).times(1));

    house.pull("v1");

    assertThat(house.registry.requests())
        .filteredOn(r -> r.path().contains(layer))
        .anyMatch(r -> r.headers().containsKey("range"));
    assertThat(house.metadata.content.blobs).containsKey(image.layers().getFirst().digest());
  }

  @Test
  void pull_afterFailedOne_resumesTheIngest() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 3_000_000);
    String layer = image.layers().getFirst().digest().toString();
    house.registry.fault(Fault.cutAfter(1_000_000).on("GET", layer).times(1));
    house.registry.fault(Fault.status(404).on("GET", layer));
    assertThatThrownBy(() -> house.pull("v1")).isInstanceOf(GantryException.class);
    int left = (int) house.metadata.content.status("layer-" + layer).offset();
    assertThat(left).isPositive();
    assertThat(house.metadata.leases).isEmpty();
    assertThat(house.metadata.images).isEmpty();
    assertThat(house.metadata.snapshots.all()).isEmpty();
    house.registry.heal();
    house.registry.forget();

    house.pull("v1");

    assertThat(house.registry.requests())
        .filteredOn(r -> r.method().equals("GET") && r.path().contains(layer))
        .allMatch(
            r ->
                r.headers()
                    .getOrDefault("range", List.of())
                    .toString()
                    .contains("bytes=" + left + "-"));
  }

  @Test
  void pull_overSpoiledIngest_beginsAnew() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 300_000);
    String ref = "layer-" + image.layers().getFirst().digest();
    Blobs.begin(house.metadata.content, ref, Blobs.random(99, 100_000));

    house.pull("v1");

    assertThat(house.metadata.content.blobs).containsKey(image.layers().getFirst().digest());
    assertThat(house.metadata.snapshots.all())
        .extracting(SnapshotInfo::kind)
        .containsExactly(SnapshotKind.COMMITTED);
  }

  @Test
  void pull_ofWrongBytes_leavesNothingHalfMade() {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 1000, 300_000);
    Digest layer = image.layers().get(1).digest();
    house.registry.fault(Fault.corrupt().on("GET", layer.toString()));

    assertThatThrownBy(() -> house.pull("v1"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining(layer.toString());

    assertThat(house.metadata.content.blobs).doesNotContainKey(layer);
    assertThat(house.metadata.content.ingests).isEmpty();
    assertThat(house.metadata.images).isEmpty();
    assertThat(house.metadata.snapshots.all())
        .extracting(SnapshotInfo::kind)
        .doesNotContain(SnapshotKind.ACTIVE);
    assertThat(house.metadata.snapshots.all()).hasSizeLessThan(2);
  }

  @Test
  void pull_ofWrongDiffId_fails() {
    List<Descriptor> layers =
        List.of(
            house.registry.blob(
                TestImage.REPOSITORY, MediaTypes.OCI_LAYER_GZIP, Blobs.random(1, 100)));
    TestImage.shelve(house.registry, "v1", "amd64", layers, List.of(Digest.sha256(new byte[] {1})));

    assertThatThrownBy(() -> house.pull("v1"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("wrong diff id");
    assertThat(house.metadata.snapshots.all()).isEmpty();
  }

  @Test
  void pull_byTwoAtOnce_fetchesEachLayerOnce() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 900_000, 800_000, 10);

    Together.call(
        4,
        i -> {
          house.pull("v1");
          return i;
        });

    for (Descriptor layer : image.layers()) {
      assertThat(house.registry.count("GET", layer.digest().toString())).isEqualTo(1);
    }
    assertThat(house.differ.mountTypes).hasSize(3);
  }

  @Test
  void pull_ofManyLargeRanges_putsThemInOrder() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 70 << 20);

    house.pull("v1");

    assertThat(house.registry.count("GET", image.layers().getFirst().digest().toString()))
        .isEqualTo(70);
    assertThat(house.metadata.content.blobs).containsKey(image.layers().getFirst().digest());
  }

  @Test
  void pull_ofLargeLayerWithoutRanges_fetchesItWhole() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 70 << 20);
    house.registry.fault(Fault.noRanges());

    house.pull("v1");

    assertThat(house.metadata.content.blobs).containsKey(image.layers().getFirst().digest());
  }

  @Test
  void interrupt_endsAllThreadsOfThePull() throws Exception {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 3_000_000, 2_000_000);
    house.registry.fault(Fault.stallAfter(1_000_000).on("GET", "/blobs/").skipping(1));
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    house.pull("v1");
                    outcome.complete(new AssertionError("it ended"));
                  } catch (Exception e) {
                    outcome.complete(e);
                  }
                });
    while (house.registry.count("GET", image.layers().get(1).digest().toString()) == 0) {
      Thread.onSpinWait();
    }

    thread.interrupt();

    assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(CanceledException.class);
    assertThat(house.metadata.leases).isEmpty();
    assertThat(house.metadata.snapshots.all()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(t -> t.getName().startsWith("unpack "));
  }

  @Test
  void pull_ofIndex_takesTheWantedPlatform() throws Exception {
    TestImage mine = TestImage.shelve(house.registry, "", "amd64", 1000);
    TestImage other = TestImage.shelve(house.registry, "", "arm64", 2000);
    Descriptor index =
        TestImage.index(house.registry, "v1", List.of(other.entry("arm64"), mine.entry("amd64")));

    house.pull("v1");

    assertThat(house.metadata.content.blobs)
        .containsKeys(index.digest(), mine.manifest().digest(), mine.layers().get(0).digest())
        .doesNotContainKeys(other.manifest().digest(), other.layers().get(0).digest());
    assertThat(house.metadata.content.labels(index.digest()).map())
        .containsKeys("containerd.io/gc.ref.content.m.0", "containerd.io/gc.ref.content.m.1");
  }

  @Test
  void pull_ofAllMetadata_takesNoOtherLayers() throws Exception {
    TestImage mine = TestImage.shelve(house.registry, "", "amd64", 1000);
    TestImage other = TestImage.shelve(house.registry, "", "arm64", 2000);
    TestImage.index(house.registry, "v1", List.of(other.entry("arm64"), mine.entry("amd64")));

    house.pull("v1", wanted(List.of(TransferHouse.PLATFORM), true, 0));

    assertThat(house.metadata.content.blobs)
        .containsKeys(other.manifest().digest(), other.config().digest())
        .doesNotContainKey(other.layers().get(0).digest());
  }

  @Test
  void pull_withLimitAndNoMatch_isNotFound() {
    TestImage other = TestImage.shelve(house.registry, "", "arm64", 2000);
    TestImage.index(house.registry, "v1", List.of(other.entry("arm64")));

    assertThatThrownBy(() -> house.pull("v1", wanted(List.of(TransferHouse.PLATFORM), false, 1)))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no match for platform");
  }

  private StoredImage wanted(List<Platform> platforms, boolean allMetadata, int limit) {
    return new StoredImage(
        house.reference("v1"), Labels.none(), platforms, allMetadata, limit, List.of(), List.of());
  }

  @Test
  void pull_intoUnknownPlatform_isRefused() {
    TestImage.shelve(house.registry, "v1", "amd64", 1000);
    StoredImage image =
        new StoredImage(
            "a",
            Labels.none(),
            List.of(),
            false,
            0,
            List.of(),
            List.of(new StoredImage.UnpackTarget(new Platform("windows", "amd64", ""), "")));

    assertThatThrownBy(() -> house.pull("v1", image))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("no unpack platforms defined");
  }

  @Test
  void pull_thatAVerifierObjectsTo_fetchesNothing() {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 1000);
    house.transfers.bindVerifier(
        FixedHandle.of(
            "io.containerd.image-verifier.v1.test",
            (name, target) ->
                new ImageVerifier.Judgement(
                    !target.digest().equals(image.manifest().digest()), "not signed")));

    assertThatThrownBy(() -> house.pull("v1"))
        .isInstanceOf(PermissionDeniedException.class)
        .hasMessageContaining("test blocked pull of")
        .hasMessageContaining("not signed");
    assertThat(house.metadata.content.blobs).isEmpty();
  }

  @Test
  void pull_ofAmbiguousDocument_isRefused() {
    house.registry.manifest(
        TestImage.REPOSITORY,
        "v1",
        MediaTypes.OCI_MANIFEST,
        "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> house.pull("v1")).isInstanceOf(InvalidArgumentException.class);
    assertThat(house.metadata.images).isEmpty();
  }

  @Test
  void pull_ofNothing_isNotFound() {
    assertThatThrownBy(() -> house.pull("v1")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void pull_withExtraReference_namesThatTooForAsLongAsTheFirst() throws Exception {
    TestImage.shelve(house.registry, "v1", "amd64", 1000);
    StoredImage image =
        new StoredImage(
            "first",
            Labels.of(Map.of("a", "b")),
            List.of(),
            false,
            0,
            List.of(new StoredImage.ExtraReference("second", false, false, false, false)),
            List.of());

    house.pull("v1", image);

    assertThat(house.metadata.image("first").labels().map()).containsOnlyKeys("a");
    assertThat(house.metadata.image("second").labels().map())
        .containsEntry("containerd.io/gc.bref.image", "first")
        .containsKeys("a", "containerd.io/gc.expire");
  }

  @Test
  void pull_ofLayersWithAFailure_tellsTheFirst() {
    TestImage image = TestImage.shelve(house.registry, "v1", "amd64", 1000, 2000, 3000);
    house.registry.fault(Fault.status(404).on("GET", image.layers().get(1).digest().toString()));

    assertThatThrownBy(() -> house.pull("v1")).isInstanceOf(NotFoundException.class);
    assertThat(house.metadata.snapshots.all().stream().map(SnapshotInfo::kind))
        .doesNotContain(SnapshotKind.ACTIVE);
  }
}
