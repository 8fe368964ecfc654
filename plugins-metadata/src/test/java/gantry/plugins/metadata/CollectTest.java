// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.containers.Container;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.events.Event;
import gantry.filters.Filter;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.LeaseResource;
import gantry.metadata.GcStats;
import gantry.metadata.Scope;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.snapshots.Snapshotter;
import gantry.testkit.Blobs;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectTest {
  private static final String SNAPSHOTS = "snapshots/" + House.SNAPSHOTTER;

  @TempDir Path root;
  private House house;
  private Scope scope;

  @BeforeEach
  void open() {
    house = new House(root);
    scope = house.scope();
  }

  @AfterEach
  void close() {
    house.close();
  }

  private static Labels label(String key, String value) {
    return Labels.of(Map.of(key, value));
  }

  private Digest blob(int seed, Labels labels) throws IOException {
    return Blobs.put(scope.content(), "ref" + seed, Blobs.random(seed, 10 + seed), labels);
  }

  private Digest blob(int seed) throws IOException {
    return blob(seed, Labels.none());
  }

  private void image(String name, Digest target, Labels labels) {
    scope
        .images()
        .create(
            new Image(name, labels, Descriptor.of("type", target, 1), Instant.EPOCH, Instant.EPOCH),
            null);
  }

  private void container(String id, String snapshot, Labels labels) {
    scope
        .containers()
        .create(
            new Container(
                id,
                labels,
                "",
                "runc",
                null,
                new TypedValue("t", new byte[0]),
                snapshot.isEmpty() ? "" : House.SNAPSHOTTER,
                snapshot,
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of(),
                ""));
  }

  private void snapshot(String name, String parent, Labels labels) throws IOException {
    House.layer(house.snapshots(), name, parent, labels);
  }

  private Set<Digest> blobs() throws IOException {
    Set<Digest> digests = new TreeSet<>();
    scope.content().walk(Filter.ALL, blob -> digests.add(blob.digest()));
    assertThat(house.rawContent.blobCount()).isEqualTo(digests.size());
    return digests;
  }

  private List<String> snapshots() throws IOException {
    List<String> names = new ArrayList<>();
    house.snapshots().walk(Filter.ALL, info -> names.add(info.name()));
    assertThat(house.rawSnapshotter.names()).hasSameSizeAs(names);
    return names;
  }

  private GcStats collect() {
    return house.metadata.collect();
  }

  @Test
  void what_nothingRefersTo_goes() throws IOException {
    blob(1);
    snapshot("base", "", Labels.none());
    snapshot("child", "base", Labels.none());
    house.events.clear();

    assertThat(collect().removed()).isEqualTo(Map.of("content", 1, "snapshot", 2));

    assertThat(blobs()).isEmpty();
    assertThat(snapshots()).isEmpty();
    assertThat(house.events.events())
        .containsExactlyInAnyOrder(
            new Event.SnapshotRemove("base", House.SNAPSHOTTER),
            new Event.SnapshotRemove("child", House.SNAPSHOTTER));
    assertThat(collect().removed()).isEmpty();
  }

  @Test
  void what_cannotBeFreed_keepsNoOtherSnapshot() throws IOException {
    for (int i = 0; i <= 2 * Patience.STEP; i++) {
      house.snapshots().prepare("key" + i, "", Labels.none());
    }
    house.rawSnapshotter.keepTrash();

    collect();

    assertThat(house.rawSnapshotter.names()).isEmpty();
  }

  @Test
  void image_keepsItsTargetAndWhatThatRefersTo() throws IOException {
    Digest layer = blob(1);
    Digest config = blob(2, label("containerd.io/gc.ref.snapshot.overlayfs/x", "top"));
    Digest manifest =
        blob(
            3,
            Labels.of(
                Map.of(
                    "containerd.io/gc.ref.content.config", config.toString(),
                    "containerd.io/gc.ref.content/l.0", layer.toString(),
                    "containerd.io/gc.ref.contents", blob(4).toString())));
    snapshot("base", "", Labels.none());
    snapshot("top", "base", Labels.none());
    snapshot("other", "base", Labels.none());
    image("i", manifest, Labels.none());

    collect();

    assertThat(blobs()).containsExactlyInAnyOrder(layer, config, manifest);
    assertThat(snapshots()).containsExactly("base", "top");
    scope.images().delete("i", null);
    collect();
    assertThat(blobs()).isEmpty();
    assertThat(snapshots()).isEmpty();
  }

  @Test
  void image_thatExpired_goesWithAnEvent() throws IOException {
    String expire = house.now.get().plusSeconds(60).toString();
    image("i", blob(1), label(WellKnown.GC_EXPIRE, expire));
    image("odd", blob(2), label(WellKnown.GC_EXPIRE, "tomorrow"));
    collect();
    assertThat(blobs()).hasSize(2);

    house.now.set(house.now.get().plusSeconds(61));
    house.events.clear();
    assertThat(collect().removed()).isEqualTo(Map.of("content", 1, "image", 1));
    assertThat(house.events.events()).containsExactly(new Event.ImageDelete("i"));
    assertThat(scope.images().list(Filter.ALL)).extracting(Image::name).containsExactly("odd");
  }

  @Test
  void image_thatExpired_livesWhileSomethingRefersToIt() throws IOException {
    image("old", blob(1), label(WellKnown.GC_EXPIRE, "2000-01-01T00:00:00Z"));
    image("new", blob(2), label("containerd.io/gc.ref.image", "old"));
    collect();
    assertThat(scope.images().list(Filter.ALL)).hasSize(2);
    assertThat(blobs()).hasSize(2);
  }

  @Test
  void container_keepsItsSnapshotAndWhatItsLabelsName() throws IOException {
    snapshot("base", "", Labels.none());
    house.snapshots().prepare("rw", "base", Labels.none());
    house.snapshots().prepare("other", "base", Labels.none());
    Digest digest = blob(1);
    container("c", "rw", label("containerd.io/gc.ref.content", digest.toString()));

    collect();

    assertThat(snapshots()).containsExactly("base", "rw");
    assertThat(blobs()).containsExactly(digest);
  }

  @Test
  void label_root_keepsContentAndSnapshots() throws IOException {
    Digest child = blob(1);
    Digest rooted =
        blob(
            2,
            Labels.of(
                Map.of(
                    WellKnown.GC_ROOT,
                    "2026-01-01T00:00:00Z",
                    "containerd.io/gc.ref.content.0",
                    child.toString())));
    snapshot("base", "", Labels.none());
    snapshot("rooted", "base", label(WellKnown.GC_ROOT, "yes"));
    blob(3);

    collect();

    assertThat(blobs()).containsExactlyInAnyOrder(child, rooted);
    assertThat(snapshots()).containsExactly("base", "rooted");
  }

  @Test
  void lease_keepsItsResourcesAndTheirReferences() throws IOException {
    Digest layer = blob(1);
    Digest manifest = blob(2, label("containerd.io/gc.ref.content.0", layer.toString()));
    snapshot("base", "", Labels.none());
    snapshot("top", "base", label("containerd.io/gc.ref.content", blob(3).toString()));
    Blobs.begin(house.leased("l", Labels.none()).content(), "ingest", new byte[5]);
    image("i", blob(4), label(WellKnown.GC_EXPIRE, "2000-01-01T00:00:00Z"));
    scope.leases().add("l", new LeaseResource("content", manifest.toString()));
    scope.leases().add("l", new LeaseResource(SNAPSHOTS, "top"));
    scope.leases().add("l", new LeaseResource("images", "i"));
    house.now.set(house.now.get().plus(Duration.ofDays(2)));

    collect();

    assertThat(blobs()).hasSize(4);
    assertThat(snapshots()).containsExactly("base", "top");
    assertThat(scope.content().statuses(Filter.ALL)).hasSize(1);
    assertThat(scope.images().list(Filter.ALL)).hasSize(1);
    scope.leases().delete("l");
    collect();
    assertThat(blobs()).isEmpty();
    assertThat(snapshots()).isEmpty();
    assertThat(house.rawContent.ingestCount()).isZero();
    assertThat(scope.images().list(Filter.ALL)).isEmpty();
  }

  @Test
  void lease_thatIsFlat_keepsOnlyWhatItLists() throws IOException {
    Digest layer = blob(1);
    Digest manifest = blob(2, label("containerd.io/gc.ref.content.0", layer.toString()));
    snapshot("base", "", Labels.none());
    snapshot("top", "base", label("containerd.io/gc.ref.content", blob(3).toString()));
    image("i", manifest, label(WellKnown.GC_EXPIRE, "2000-01-01T00:00:00Z"));
    scope.leases().create("l", label(WellKnown.GC_FLAT, "true"));
    scope.leases().add("l", new LeaseResource(SNAPSHOTS, "top"));
    scope.leases().add("l", new LeaseResource("images", "i"));

    collect();

    assertThat(blobs()).containsExactly(manifest);
    assertThat(snapshots()).containsExactly("base", "top");
  }

  @Test
  void lease_thatExpired_goesWithWhatItKept() throws IOException {
    scope.leases().create("l", label(WellKnown.GC_EXPIRE, "2026-01-01T02:00:00+01:00"));
    scope.leases().add("l", new LeaseResource("content", blob(1).toString()));
    collect();
    assertThat(blobs()).hasSize(1);

    house.now.set(Instant.parse("2026-01-01T01:00:01Z"));
    assertThat(collect().removed()).isEqualTo(Map.of("content", 1, "lease", 1));
    assertThat(scope.leases().list(Filter.ALL)).isEmpty();
  }

  @Test
  void ingest_withoutLease_livesADay() throws IOException {
    Blobs.begin(scope.content(), "ref", new byte[5]);
    house.now.set(house.now.get().plus(Duration.ofHours(23)));
    collect();
    assertThat(scope.content().status("ref").offset()).isEqualTo(5);

    house.now.set(house.now.get().plus(Duration.ofHours(2)));
    assertThat(collect().removed()).isEqualTo(Map.of("ingest", 1));
    assertThat(house.rawContent.ingestCount()).isZero();
  }

  @Test
  void ingest_thatIsShared_keepsItsBlob() throws IOException {
    byte[] content = Blobs.random(1, 100);
    Digest digest = Blobs.put(house.scope("other").content(), "ref", content);
    try (ContentWriter writer =
        scope.content().writer(new IngestRequest("ref", content.length, digest))) {
      house.scope("other").content().delete(digest);
      collect();
      writer.commit(content.length, digest, label(WellKnown.GC_ROOT, "1"));
    }
    collect();
    assertThat(Blobs.get(scope.content(), digest)).isEqualTo(content);
  }

  @Test
  void backReference_keepsWhoeverBearsItWhileItsObjectLives() throws IOException {
    Digest target = blob(1);
    image("i", target, Labels.none());
    container("c", "", Labels.none());
    Digest byImage = blob(2, label("containerd.io/gc.bref.image", "i"));
    Digest byContainer = blob(3, label("containerd.io/gc.bref.container.x", "c"));
    Digest byContent = blob(4, label("containerd.io/gc.bref.content/y", target.toString()));
    blob(5, label("containerd.io/gc.bref.container", "other"));
    snapshot("base", "", label("containerd.io/gc.bref.image", "i"));
    snapshot("by", "", label("containerd.io/gc.bref.snapshot.overlayfs", "base"));

    collect();

    assertThat(blobs()).containsExactlyInAnyOrder(target, byImage, byContainer, byContent);
    assertThat(snapshots()).containsExactly("base", "by");
    scope.images().delete("i", null);
    scope.containers().delete("c");
    collect();
    assertThat(blobs()).isEmpty();
    assertThat(snapshots()).isEmpty();
  }

  @Test
  void conditionalReference_holdsByAge() throws IOException {
    String used = house.now.get().minus(Duration.ofHours(2)).toString();
    snapshot("young", "", label(WellKnown.GC_CONDITION_USED_AT, used));
    snapshot("old", "", label(WellKnown.GC_CONDITION_USED_AT, used));
    snapshot("unused", "", Labels.none());
    String prefix = WellKnown.GC_CONDITION_SNAPSHOT + "." + House.SNAPSHOTTER;
    image(
        "i",
        blob(1),
        Labels.of(
            Map.of(
                prefix,
                "usedat<3h|young",
                prefix + "/2",
                "usedat<1h30m|old",
                prefix + "/3",
                "usedat<3h|unused")));

    collect();

    assertThat(snapshots()).containsExactly("young");
  }

  @Test
  void namespaces_doNotKeepEachOthersObjects() throws IOException {
    byte[] content = Blobs.random(1, 50);
    Digest digest = Blobs.put(scope.content(), "ref", content);
    Scope other = house.scope("other");
    Blobs.put(other.content(), "ref", content);
    other
        .images()
        .create(
            new Image(
                "i", Labels.none(), Descriptor.of("t", digest, 1), Instant.EPOCH, Instant.EPOCH),
            null);

    assertThat(collect().removed()).isEqualTo(Map.of("content", 1));
    assertThat(Blobs.get(other.content(), digest)).isEqualTo(content);
  }

  @Test
  void snapshotter_thatIsAway_losesNothing() throws IOException {
    snapshot("base", "", Labels.none());
    snapshot("garbage", "base", Labels.none());
    snapshot("kept", "base", label(WellKnown.GC_ROOT, "1"));
    house.metadata.unbindSnapshotter(house.snapshotterHandle);

    assertThat(collect().removed()).isEmpty();

    assertThat(house.rawSnapshotter.names()).hasSize(3);
    house.metadata.bindSnapshotter(house.snapshotterHandle);
    assertThat(snapshots()).containsExactly("base", "garbage", "kept");
    assertThat(collect().removed()).isEqualTo(Map.of("snapshot", 1));
    assertThat(snapshots()).containsExactly("base", "kept");
  }

  @Test
  void snapshotterThatHangs_keepsNothingElseFromBeingCollected() throws Exception {
    snapshot("base", "", Labels.none());
    blob(1);
    house.metadata.patience().setDeadline(Duration.ofMillis(300));
    CountDownLatch isFreed = new CountDownLatch(1);
    house.guard.onNextCall(() -> awaitQuietly(isFreed));

    assertThat(collect().removed()).isEqualTo(Map.of("content", 1, "snapshot", 1));

    assertThat(house.rawContent.blobCount()).isZero();
    assertThat(house.rawSnapshotter.names()).hasSize(1);
    isFreed.countDown();
    house.metadata.patience().setDeadline(Duration.ofMinutes(1));
    collect();
    assertThat(house.rawSnapshotter.names()).isEmpty();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void blobsThatNobodyLetGoOf_areNotLookedAtEachTime() throws IOException {
    Digest digest = blob(1, label(WellKnown.GC_ROOT, "1"));
    collect();
    house.rawContent.orphan(new byte[] {1});
    scope.content().delete(digest);

    collect();
    assertThat(house.rawContent.blobCount()).as("what came behind its back stays").isEqualTo(1);

    house.now.set(house.now.get().plus(Duration.ofHours(2)));
    collect();
    assertThat(house.rawContent.blobCount()).as("until all are looked at").isZero();
  }

  @Test
  void ingestThatKeptABlob_letsGoOfItWhenItIsAborted() throws IOException {
    byte[] content = Blobs.random(1, 100);
    Digest digest = Blobs.put(house.scope("other").content(), "ref", content);
    scope.content().writer(new IngestRequest("ref", content.length, digest)).close();
    house.scope("other").content().delete(digest);
    collect();
    assertThat(house.rawContent.blobCount()).isEqualTo(1);

    scope.content().abort("ref");
    collect();
    assertThat(house.rawContent.blobCount()).isZero();
  }

  @Test
  void orphans_ofTheRawStores_goWithTheFirstCollection() throws IOException {
    house.rawContent.orphan(new byte[] {1});
    house.rawSnapshotter.prepare("a/1/x", "", Labels.none());
    house.rawSnapshotter.commit("a/2/x", "a/1/x", "", Labels.none());
    house.rawSnapshotter.prepare("a/3/x", "a/2/x", Labels.none());

    assertThat(collect().removed()).isEmpty();

    assertThat(house.rawSnapshotter.names()).isEmpty();
    assertThat(house.rawContent.blobCount()).isZero();
  }

  @Test
  void snapshot_beingMade_isNotAnOrphan() throws IOException {
    snapshot("base", "", Labels.none());
    Snapshotter snapshots = house.snapshots();
    // the raw snapshotter has worked, the record is not yet there: a whole collection comes between
    house.guard.afterNextWork(this::collect);
    snapshots.prepare("key", "base", label(WellKnown.GC_ROOT, "1"));
    assertThat(snapshots()).containsExactly("base", "key");

    house.guard.afterNextWork(this::collect);
    snapshots.commit("name", "key", "", label(WellKnown.GC_ROOT, "1"));
    assertThat(snapshots()).containsExactly("base", "name");
  }

  @Test
  void blob_beingCommitted_isNotAnOrphan() throws IOException {
    byte[] content = Blobs.random(1, 100);
    ContentStore store = scope.content();
    try (ContentWriter writer = store.writer(new IngestRequest("ref", 0, null))) {
      writer.write(ByteBuffer.wrap(content));
      house.guard.afterNextWork(this::collect);
      writer.commit(0, null, label(WellKnown.GC_ROOT, "1"));
    }
    assertThat(Blobs.get(store, Digest.sha256(content))).isEqualTo(content);
  }

  @Test
  void blob_claimedWhileItIsBeingRemoved_isWrittenAnew() throws Exception {
    byte[] content = Blobs.random(1, 100);
    Digest digest = house.rawContent.orphan(content);
    // the last look at the records found nothing; a writer comes before the blob is gone
    CompletableFuture<Long> offset = new CompletableFuture<>();
    house.rawContent.onDelete(
        () -> {
          Thread.startVirtualThread(() -> open(content.length, digest, offset));
          assertThatThrownBy(() -> offset.get(300, TimeUnit.MILLISECONDS))
              .isInstanceOf(TimeoutException.class);
        });

    collect();

    assertThat(offset.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(house.rawContent.blobCount()).isZero();
  }

  private void open(long size, Digest digest, CompletableFuture<Long> offset) {
    try (ContentWriter writer = scope.content().writer(new IngestRequest("ref", size, digest))) {
      offset.complete(writer.status().offset());
    } catch (IOException | RuntimeException e) {
      offset.completeExceptionally(e);
    }
  }
}
