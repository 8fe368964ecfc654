// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.UnavailableException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.metadata.Scope;
import gantry.names.Namespace;
import gantry.oci.Digest;
import gantry.testkit.Blobs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two versions on one database: one that is about to go, and the next. */
class SuccessorTest {
  @TempDir Path root;
  private House house;
  private SqliteMetadata next;

  @BeforeEach
  void open() {
    house = new House(root);
    next = house.open("");
  }

  @AfterEach
  void close() {
    next.close();
    house.close();
  }

  private Scope after() {
    return next.in(Caller.of(House.NAMESPACE));
  }

  @Test
  void writer_ofAVersionThatWasClosed_commitsAllTheSame() throws IOException {
    byte[] content = Blobs.random(1, 100);
    Digest digest = Digest.sha256(content);
    try (ContentWriter writer =
        house.scope().content().writer(new IngestRequest("ref", content.length, digest))) {
      writer.write(ByteBuffer.wrap(content, 0, 50));
      house.metadata.close();
      writer.write(ByteBuffer.wrap(content, 50, 50));
      writer.commit(content.length, digest, Labels.none());
    }

    assertThat(after().content().info(digest).size()).isEqualTo(100);
    assertThatThrownBy(() -> house.scope().content().info(digest))
        .isInstanceOf(UnavailableException.class);
  }

  @Test
  void snapshotBeingMade_whenItsVersionIsClosed_isMade() throws IOException {
    house.guard.onNextCall(house.metadata::close);

    house.snapshots().prepare("key", "", Labels.none());

    assertThat(after().snapshotter(House.SNAPSHOTTER).stat("key").name()).isEqualTo("key");
    next.collect();
    assertThat(house.rawSnapshotter.names()).isEmpty();
  }

  @Test
  void commitUnderWay_whenItsVersionIsClosed_isRecorded() throws IOException {
    house.snapshots().prepare("key", "", Labels.none());
    house.guard.onNextCall(house.metadata::close);

    house.snapshots().commit("layer", "key", "", Labels.none());

    assertThat(after().snapshotter(House.SNAPSHOTTER).stat("layer").name()).isEqualTo("layer");
  }

  @Test
  void commitWithoutAnAnswer_isSettledByTheNextVersion() throws IOException {
    house.snapshots().prepare("key", "", Labels.of(Map.of(WellKnown.GC_ROOT, "1")));
    house.guard.afterNextWork(
        () -> {
          throw new UnavailableException("it has been stopped");
        });
    assertThatThrownBy(
            () ->
                house
                    .snapshots()
                    .commit("layer", "key", "", Labels.of(Map.of(WellKnown.GC_ROOT, "1"))))
        .isInstanceOf(UnavailableException.class);
    house.metadata.close();

    next.collect();

    assertThat(after().snapshotter(House.SNAPSHOTTER).stat("layer").name()).isEqualTo("layer");
  }

  @Test
  void blob_thatOneIsRemoving_isWrittenAnewInTheOther() throws Exception {
    byte[] content = Blobs.random(1, 100);
    Digest digest = house.rawContent.orphan(content);
    CompletableFuture<Long> offset = new CompletableFuture<>();
    house.rawContent.onDelete(
        () -> {
          Thread.startVirtualThread(() -> begin(content.length, digest, offset));
          assertThatThrownBy(() -> offset.get(300, TimeUnit.MILLISECONDS))
              .isInstanceOf(TimeoutException.class);
        });

    house.metadata.collect();

    assertThat(offset.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(house.rawContent.blobCount()).isZero();
  }

  private void begin(long size, Digest digest, CompletableFuture<Long> offset) {
    try (ContentWriter writer = after().content().writer(new IngestRequest("ref", size, digest))) {
      offset.complete(writer.status().offset());
    } catch (IOException | RuntimeException e) {
      offset.completeExceptionally(e);
    }
  }

  @Test
  void collectionUnderWay_whenItsVersionIsClosed_endsWell() throws IOException {
    house.rawContent.orphan(Blobs.random(1, 100));
    house.rawContent.onDelete(house.metadata::close);
    house.metadata.collect();

    assertThat(house.rawContent.blobCount()).isZero();
    assertThat(next.problem()).isEmpty();
  }

  @Test
  void names_ofBothVersions_areAllWrittenDown() throws IOException {
    house.scope("of-the-first").leases().create("one", Labels.none());
    next.in(Caller.of(new Namespace("of-the-second"))).leases().create("two", Labels.none());
    house.metadata.flushNames();
    next.flushNames();
    house.scope("late").leases().create("three", Labels.none());
    house.metadata.close();
    next.flushNames();

    String names = Files.readString(root.resolve("names.log"));
    assertThat(names).contains("of-the-first", "of-the-second", "late");
  }
}
