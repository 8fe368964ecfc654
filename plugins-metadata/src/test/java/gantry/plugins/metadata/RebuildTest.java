// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.containers.Container;
import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.errors.FailedPreconditionException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.Lease;
import gantry.metadata.Scope;
import gantry.namespaces.NamespaceInfo;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.snapshots.SnapshotInfo;
import gantry.testkit.Blobs;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RebuildTest {
  private static final Digest DIFF = Digest.sha256("layer".getBytes(UTF_8));
  private static final String CHAIN = ChainId.of(List.of(DIFF)).toString();

  @TempDir Path root;

  /** An image as a client makes it: layer, configuration, manifest, snapshot, name. */
  private static Digest image(House house, Scope scope, String name) throws IOException {
    Digest layer = Blobs.put(scope.content(), "layer", "layer".getBytes(UTF_8));
    byte[] config =
        "{\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}".formatted(DIFF).getBytes(UTF_8);
    House.layer(house.snapshots(), CHAIN, "", Labels.of(Map.of("mine", "a=b\n\tc")));
    Digest configDigest =
        Blobs.put(
            scope.content(),
            "config",
            config,
            Labels.of(Map.of(WellKnown.GC_REF_SNAPSHOT + House.SNAPSHOTTER, CHAIN)));
    byte[] manifest =
        ("{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\","
                + "\"digest\":\"%s\",\"size\":%d},\"layers\":[{\"mediaType\":\"%s\","
                + "\"digest\":\"%s\",\"size\":5}]}")
            .formatted(
                MediaTypes.OCI_MANIFEST,
                MediaTypes.OCI_CONFIG,
                configDigest,
                config.length,
                MediaTypes.OCI_LAYER,
                layer)
            .getBytes(UTF_8);
    Digest target =
        Blobs.put(
            scope.content(),
            "manifest",
            manifest,
            Labels.of(
                Map.of(
                    WellKnown.GC_REF_CONTENT + ".config",
                    configDigest.toString(),
                    WellKnown.GC_REF_CONTENT + ".l.0",
                    layer.toString())));
    scope
        .images()
        .create(
            new Image(
                name,
                Labels.of(Map.of("k", "v")),
                new Descriptor(
                    MediaTypes.OCI_MANIFEST, target, manifest.length, Map.of("note", "x")),
                Instant.EPOCH,
                Instant.EPOCH),
            null);
    return target;
  }

  private static void container(Scope scope, String id) {
    scope
        .containers()
        .create(
            new Container(
                id,
                Labels.none(),
                "",
                "runc",
                null,
                new TypedValue("t", new byte[0]),
                "",
                "",
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of(),
                ""));
  }

  private static List<BlobInfo> blobs(House house) throws IOException {
    List<BlobInfo> blobs = new ArrayList<>();
    house.scope().content().walk(Filter.ALL, blobs::add);
    return blobs;
  }

  private static List<SnapshotInfo> snapshots(House house) throws IOException {
    List<SnapshotInfo> snapshots = new ArrayList<>();
    house.snapshots().walk(Filter.ALL, snapshots::add);
    return snapshots;
  }

  /** What the disk has is what the first one had. */
  private House again(House first, String rebuild) throws IOException {
    first.close();
    House second = new House(root, "shared", true, rebuild);
    List<BlobInfo> raw = new ArrayList<>();
    first.rawContent.walk(Filter.ALL, raw::add);
    for (BlobInfo blob : raw) {
      second.rawContent.orphan(read(first, blob));
    }
    return second;
  }

  private static byte[] read(House house, BlobInfo blob) throws IOException {
    try (ContentReader reader = house.rawContent.reader(blob.digest())) {
      ByteBuffer bytes = ByteBuffer.allocate((int) blob.size());
      while (bytes.hasRemaining()) {
        reader.read(bytes, bytes.position());
      }
      return bytes.array();
    }
  }

  private static void endRebuildLease(House house) {
    List<Lease> leases = house.scope().leases().list(Filter.ALL);
    assertThat(leases).hasSize(1).allMatch(lease -> lease.id().startsWith("rebuild-"));
    house.scope().leases().delete(leases.getFirst().id());
  }

  @Test
  void databaseGone_namesLabelsAndSnapshotsComeBack() throws IOException {
    House first = new House(root);
    first.metadata.namespaces().create(new NamespaceInfo("other", Labels.of(Map.of("a", "b"))));
    image(first, first.scope(), "docker.io/library/x:1");
    Descriptor target = first.scope().images().get("docker.io/library/x:1").target();
    first
        .scope()
        .images()
        .create(new Image("gone", Labels.none(), target, Instant.EPOCH, Instant.EPOCH), null);
    first.metadata.flushNames();
    first.scope().images().delete("gone", null);
    first.snapshots().prepare("rw", CHAIN, Labels.none());
    container(first.scope(), "c1");
    first.scope().leases().create("l1", Labels.none());
    List<Image> images = first.scope().images().list(Filter.ALL);
    List<BlobInfo> blobs = blobs(first);
    List<SnapshotInfo> snapshots = snapshots(first);
    first.metadata.flushNames();
    first.close();
    Files.delete(root.resolve("meta.db"));

    try (House second = again(first, "hashes")) {
      RebuildReport report = second.metadata.rebuild();

      assertThat(report.losses()).isEmpty();
      assertThat(report.exitCode()).isZero();
      assertThat(second.scope().images().list(Filter.ALL)).isEqualTo(images).hasSize(1);
      assertThat(blobs(second)).isEqualTo(blobs);
      assertThat(snapshots(second)).isEqualTo(snapshots).hasSize(2);
      assertThat(second.metadata.namespaces().labels("other").map()).isEqualTo(Map.of("a", "b"));
      assertThat(second.metadata.collect().removed()).isEmpty();
      endRebuildLease(second);
      // no container needs it any more
      assertThat(second.metadata.collect().removed()).isEqualTo(Map.of("snapshot", 1));
      assertThat(blobs(second)).isEqualTo(blobs);
      second.snapshots().prepare("rw", CHAIN, Labels.none());
    }
  }

  @Test
  void namesGoneToo_imagesComeBackFromTheirManifests() throws IOException {
    House first = new House(root);
    Digest target = image(first, first.scope(), "x");
    Blobs.put(first.scope().content(), "loose", new byte[] {1, 2, 3});
    List<SnapshotInfo> snapshots = snapshots(first);
    first.close();
    Files.delete(root.resolve("meta.db"));
    Files.delete(NameLog.beside(root.resolve("meta.db")));

    try (House second = again(first, "sizes")) {
      assertThat(second.metadata.rebuild().exitCode()).isZero();

      Scope scope = second.scope("default");
      assertThat(scope.images().list(Filter.ALL))
          .extracting(Image::name)
          .containsExactly("rebuilt@" + target);
      assertThat(snapshots(second)).extracting(SnapshotInfo::name).containsExactly(CHAIN);
      assertThat(snapshots).hasSize(1);
      assertThat(scope.content().info(target).labels().map())
          .containsKeys(WellKnown.GC_REF_CONTENT + ".config", WellKnown.GC_REF_CONTENT + ".l.0");
      assertThat(second.metadata.collect().removed()).isEmpty();
      String lease = scope.leases().list(Filter.ALL).getFirst().id();
      scope.leases().delete(lease);
      assertThat(second.metadata.collect().removed())
          .as("the blob of no image")
          .isEqualTo(Map.of("content", 1));
    }
  }

  @Test
  void databaseDamaged_isMovedAsideAndRebuilt() throws IOException {
    House first = new House(root);
    image(first, first.scope(), "x");
    first.metadata.flushNames();
    first.close();
    Files.write(root.resolve("meta.db"), "not a database, not at all".repeat(500).getBytes(UTF_8));

    try (House second = again(first, "sizes")) {
      second.metadata.rebuild();
      assertThat(second.scope().images().list(Filter.ALL)).hasSize(1);
    }
    try (var files = Files.list(root)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .anyMatch(name -> name.startsWith("meta.db.before-rebuild-"));
    }
  }

  @Test
  void whatIsNotThere_isListed_andTheExitCodeSaysSo() throws IOException {
    House first = new House(root);
    Digest target = image(first, first.scope(), "x");
    container(first.scope(), "c1");
    first.metadata.flushNames();
    first.rawContent.delete(target);
    first.close();
    Files.delete(root.resolve("meta.db"));

    try (House second = again(first, "sizes")) {
      RebuildReport report = second.metadata.rebuild();
      assertThat(report.exitCode()).isEqualTo(2);
      assertThat(report.losses())
          .hasSize(2)
          .anyMatch(line -> line.startsWith("blob " + target + " of namespace test"))
          .anyMatch(line -> line.startsWith("image x of namespace test"));
    }
  }

  @Test
  void databaseGone_isNotTakenForAnEmptyOne() throws IOException {
    House first = new House(root);
    image(first, first.scope(), "x");
    first.metadata.flushNames();
    first.close();
    Files.delete(root.resolve("meta.db"));

    assertThatThrownBy(() -> new House(root))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("gantryd --rebuild");
  }

  @Test
  void collection_beforeTheRebuildIsDone_isRefused() throws IOException {
    try (House house = new House(root, "shared", true, "sizes")) {
      assertThatThrownBy(house.metadata::collect).hasMessageContaining("is being rebuilt");
      house.metadata.rebuild();
      assertThat(house.metadata.collect().removed()).isEmpty();
    }
  }

  @Test
  void names_areWrittenByThemselves_andTornLinesPassedOver() throws Exception {
    Path file = NameLog.beside(root.resolve("meta.db"));
    try (House house = new House(root)) {
      image(house, house.scope(), "one\ttwo\nthree\\");
      container(house.scope(), "c1");
      house.scope().containers().delete("c1");
    }
    Files.writeString(file, "0badc0de\timage\tx\n01234", StandardOpenOption.APPEND);

    NameBook book = NameBook.read(file);

    assertThat(book.damaged()).isEqualTo(2);
    assertThat(book.all(NameRows.IMAGE)).hasSize(1);
    assertThat(book.all(NameRows.IMAGE).getFirst().field(1)).isEqualTo("one\ttwo\nthree\\");
    assertThat(book.all(NameRows.CONTAINER)).isEmpty();
  }

  @Test
  void names_doNotGrowWithoutEnd() throws Exception {
    Path file = NameLog.beside(root.resolve("meta.db"));
    try (House house = new House(root)) {
      Digest target = image(house, house.scope(), "x");
      BlobInfo blob = house.scope().content().info(target);
      String big = "v".repeat(3000);
      for (int i = 0; i < 1000; i++) {
        house
            .scope()
            .content()
            .update(
                new BlobInfo(
                    target,
                    blob.size(),
                    blob.createdAt(),
                    blob.updatedAt(),
                    blob.labels().with("round", i + big)),
                FieldPaths.none());
        if (i % 100 == 0) {
          house.metadata.flushNames();
        }
      }
      for (int i = 0; i < 3; i++) {
        house.scope().leases().create("l" + i, Labels.none());
        house.metadata.flushNames();
      }
      assertThat(Files.size(file)).isLessThan(1 << 20);
    }
    NameBook book = NameBook.read(file);
    assertThat(book.all(NameRows.IMAGE)).hasSize(1);
    assertThat(book.all(NameRows.LEASE)).hasSize(3);
    assertThat(book.all(NameRows.CONTENT)).anyMatch(line -> line.field(3).contains("round=999v"));
  }
}
