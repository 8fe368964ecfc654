// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.filters.Filter;
import gantry.gc.GarbageCollector;
import gantry.images.Image;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.Scope;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.snapshots.Snapshotter;
import gantry.testkit.Blobs;
import gantry.testkit.Succession;
import gantry.testkit.Together;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images come and go, all made of the same few layers, while garbage is collected all the time. */
class PullDuringCollectionTest {
  private static final int PULLERS = 6;
  private static final int ROUNDS = 12;
  private static final int LAYERS = 3;

  @Test
  void pulled_isComplete_whateverIsCollected(@TempDir Path root) throws Exception {
    pullAndCollect(root, false);
  }

  @Test
  void pulled_isComplete_whicheverVersionServes(@TempDir Path root) throws Exception {
    pullAndCollect(root, true);
  }

  private static void pullAndCollect(Path root, boolean isReplaced) throws Exception {
    try (House house = new House(root, "shared", false)) {
      Succession<SqliteMetadata> versions = new Succession<>(house.metadata);
      AtomicInteger pulling = new AtomicInteger(PULLERS);
      Together.call(
          PULLERS + 2,
          thread -> {
            if (thread < PULLERS) {
              pullAll(versions, thread, pulling);
            }
            while (pulling.get() > 0 && thread == PULLERS) {
              collect(versions);
            }
            while (pulling.get() > 0 && thread > PULLERS && isReplaced) {
              versions.replace(house.open(""), SqliteMetadata::close);
            }
            return thread;
          });

      collect(versions);

      versions.current().close();
      assertThat(house.rawContent.blobCount()).isZero();
      assertThat(house.rawContent.ingestCount()).isZero();
      assertThat(house.rawSnapshotter.names()).isEmpty();
    }
  }

  private static void collect(Succession<SqliteMetadata> versions) {
    versions
        .proxy(GarbageCollector.class, version -> deadline -> version.collect())
        .collectAndWait(Duration.ofMinutes(1));
  }

  private static void pullAll(
      Succession<SqliteMetadata> versions, int thread, AtomicInteger pulling) throws IOException {
    try {
      Namespace namespace = new Namespace("ns" + thread % 2);
      for (int round = 0; round < ROUNDS; round++) {
        pull(versions, namespace, "image-%d-%d".formatted(thread, round));
      }
    } finally {
      pulling.decrementAndGet();
    }
  }

  /** What a caller sees, each call in whichever version is there. */
  private record Steps(Succession<SqliteMetadata> versions, Caller caller) {
    private <P> P of(Class<P> contract, Function<Scope, P> part) {
      return versions.proxy(contract, version -> part.apply(version.in(caller)));
    }

    ContentStore content() {
      return of(ContentStore.class, Scope::content);
    }

    Snapshotter snapshots() {
      return of(Snapshotter.class, scope -> scope.snapshotter(House.SNAPSHOTTER));
    }

    Images images() {
      return of(Images.class, Scope::images);
    }

    Leases leases() {
      return of(Leases.class, Scope::leases);
    }
  }

  private static void pull(Succession<SqliteMetadata> versions, Namespace namespace, String name)
      throws IOException {
    Steps plain = new Steps(versions, Caller.of(namespace));
    String lease = plain.leases().create("", Labels.none()).id();
    Steps leased = new Steps(versions, new Caller(namespace, lease));
    Labels labels = Labels.none();
    for (int i = 0; i < LAYERS; i++) {
      Digest layer = write(leased.content(), name + i, Blobs.random(i, 2000), Labels.none());
      labels = labels.with(WellKnown.GC_REF_CONTENT + ".l." + i, layer.toString());
    }
    String top = unpack(leased.snapshots(), name);
    labels = labels.with(WellKnown.GC_REF_SNAPSHOT + House.SNAPSHOTTER, top);
    byte[] manifest = name.getBytes(UTF_8);
    Digest target = write(leased.content(), name + "-m", manifest, labels);
    leased
        .images()
        .create(
            new Image(
                name,
                Labels.none(),
                Descriptor.of("t", target, manifest.length),
                Instant.EPOCH,
                Instant.EPOCH),
            null);
    plain.leases().delete(lease);
    collect(versions);
    check(plain, target, labels, top);
    plain.images().delete(name, null);
  }

  private static Digest write(ContentStore store, String ref, byte[] content, Labels labels)
      throws IOException {
    Digest digest = Digest.sha256(content);
    try (ContentWriter writer = store.writer(new IngestRequest(ref, content.length, digest))) {
      if (writer.status().offset() == 0) {
        writer.write(ByteBuffer.wrap(content));
      }
      writer.commit(content.length, digest, labels);
    } catch (AlreadyExistsException e) {
      assertThat(store.info(digest).size()).isEqualTo(content.length);
    }
    return digest;
  }

  private static String unpack(Snapshotter snapshots, String name) throws IOException {
    String parent = "";
    for (int i = 0; i < LAYERS; i++) {
      String layer = "layer-" + i;
      String key = name + "-" + i;
      try {
        snapshots.prepare(key, parent, Labels.none());
        snapshots.commit(layer, key, "", Labels.none());
      } catch (AlreadyExistsException e) {
        assertThat(snapshots.stat(layer).name()).isEqualTo(layer);
      }
      parent = layer;
    }
    return parent;
  }

  private static void check(Steps scope, Digest target, Labels labels, String top)
      throws IOException {
    assertThat(scope.content().info(target).labels()).isEqualTo(labels);
    List<Digest> present = new ArrayList<>();
    scope.content().walk(Filter.ALL, blob -> present.add(blob.digest()));
    for (int i = 0; i < LAYERS; i++) {
      byte[] layer = Blobs.random(i, 2000);
      assertThat(present).contains(Digest.sha256(layer));
      assertThat(Blobs.get(scope.content(), Digest.sha256(layer))).isEqualTo(layer);
    }
    Snapshotter snapshots = scope.snapshots();
    String at = top;
    for (int i = 0; i < LAYERS; i++) {
      at = snapshots.stat(at).parent();
    }
    assertThat(at).isEmpty();
    snapshots.view(target + "-view", top, Labels.of(Map.of(WellKnown.GC_ROOT, "1")));
    snapshots.remove(target + "-view");
  }
}
