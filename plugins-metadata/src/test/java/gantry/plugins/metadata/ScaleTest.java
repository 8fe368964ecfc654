// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.content.BlobInfo;
import gantry.filters.Filter;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.metadata.Caller;
import gantry.metadata.Garbage;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.store.Durability;
import gantry.store.Transaction;
import gantry.testkit.RecordingEventBus;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten times as many objects cost about ten times as much, and keep nobody waiting. */
class ScaleTest {
  private static final Namespace NAMESPACE = new Namespace("test");
  private static final Caller CALLER = Caller.of(NAMESPACE);
  private static final int BLOBS_PER_IMAGE = 10;
  private static final int FEW = 300;
  private static final int MANY = 3_000;

  /** The exact factor is ten; the rest is for what grows with the depth of trees, and for noise. */
  private static final int FACTOR_MAX = 25;

  private static Database open(Path root) {
    return new Database(
        root.resolve("meta.db"), Durability.VISIBLE, Clock.systemUTC(), new RecordingEventBus());
  }

  private static Digest digest(String text) {
    return Digest.sha256(text.getBytes(UTF_8));
  }

  /** Images of one manifest and nine layers each; the last of them have no image any more. */
  private static void fill(Database database, int images, int withoutImage) {
    for (int from = 0; from < images; from += 100) {
      int first = from;
      database.write(
          tx -> {
            NamespaceTable.ensure(tx, NAMESPACE);
            for (int i = first; i < Math.min(first + 100, images); i++) {
              image(tx, i, i < images - withoutImage);
            }
            return true;
          });
    }
  }

  private static void image(Transaction tx, int number, boolean isNamed) {
    Labels labels = Labels.none();
    for (int layer = 1; layer < BLOBS_PER_IMAGE; layer++) {
      Digest digest = digest(number + "/" + layer);
      labels = labels.with(WellKnown.GC_REF_CONTENT + ".l." + layer, digest.toString());
      blob(tx, digest, Labels.none());
    }
    Digest manifest = digest(Integer.toString(number));
    blob(tx, manifest, labels);
    if (isNamed) {
      ImageTable.put(
          tx,
          NAMESPACE.name(),
          new Image(
              "registry.example/some/image:" + number,
              Labels.none(),
              Descriptor.of("t", manifest, 1),
              Instant.EPOCH,
              Instant.EPOCH));
    }
  }

  private static void blob(Transaction tx, Digest digest, Labels labels) {
    BlobRows.insert(
        tx, NAMESPACE.name(), new BlobInfo(digest, 1, Instant.EPOCH, Instant.EPOCH, labels));
  }

  /** Nanoseconds of processor time: others may keep the machine busy. */
  private static long fastest(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long start = threads.getCurrentThreadCpuTime();
      work.run();
      best = Math.min(best, threads.getCurrentThreadCpuTime() - start);
    }
    return best;
  }

  private static List<Garbage> mark(Database database) {
    try (Round round = Round.begin(database, Round.newOwner(), Set.of())) {
      return round.mark();
    }
  }

  @Test
  void lists_andMarking_growAsTheNumberOfObjects(@TempDir Path few, @TempDir Path many) {
    try (Database small = open(few);
        Database big = open(many)) {
      fill(small, FEW, 0);
      fill(big, MANY, 0);
      assertThat(new ImageTable(big, CALLER).list(Filter.ALL)).hasSize(MANY);
      assertGrowth(
          "list images",
          () -> new ImageTable(small, CALLER).list(Filter.ALL),
          () -> new ImageTable(big, CALLER).list(Filter.ALL));
      assertGrowth(
          "list blobs",
          () -> small.<List<BlobInfo>>read(tx -> BlobRows.all(tx, NAMESPACE.name())),
          () -> big.<List<BlobInfo>>read(tx -> BlobRows.all(tx, NAMESPACE.name())));
      assertGrowth("mark", () -> mark(small), () -> mark(big));
      assertThat(mark(big)).isEmpty();
    }
  }

  private static void assertGrowth(String what, Runnable small, Runnable big) {
    long fewNanos = fastest(small);
    long manyNanos = fastest(big);
    assertThat((double) manyNanos / fewNanos)
        .as("%s: %d µs and %d µs", what, fewNanos / 1000, manyNanos / 1000)
        .isLessThan(FACTOR_MAX);
  }

  @Test
  void lookUps_useIndexes(@TempDir Path root) {
    List<String> statements =
        List.of(
            "SELECT 1 FROM blob WHERE digest = 'x'",
            "SELECT 1 FROM blob WHERE ns = 'x' AND digest = 'x'",
            "SELECT 1 FROM ingest WHERE expected = 'x'",
            "SELECT 1 FROM snapshot WHERE snapshotter = 'x' AND backend = 'x'",
            "SELECT 1 FROM snapshot WHERE ns = 'x' AND snapshotter = 'x' AND parent = 'x'",
            "SELECT 1 FROM claim WHERE ns = 'x' AND lease = 'x' AND type = 'x' AND id = 'x'",
            "SELECT seq FROM touched WHERE seq > 5 ORDER BY seq LIMIT 10",
            "DELETE FROM released WHERE at < 5");
    try (Database database = open(root)) {
      for (String statement : statements) {
        List<String> plan =
            database.read(tx -> tx.list("EXPLAIN QUERY PLAN " + statement, row -> row.text(4)));
        assertThat(plan).as(statement).noneMatch(step -> step.startsWith("SCAN"));
      }
    }
  }

  @Test
  void sweep_letsOthersWriteBetweenItsSteps(@TempDir Path root) throws Exception {
    int garbage = 500;
    try (Database database = open(root)) {
      fill(database, garbage, garbage);
      LeaseTable leases = new LeaseTable(database, new SecureRandom(), CALLER);
      AtomicInteger steps = new AtomicInteger();
      int writes = 0;
      CompletableFuture<Boolean> isDone = new CompletableFuture<>();
      CompletableFuture<Boolean> isSwept =
          CompletableFuture.supplyAsync(
              () -> {
                try (Round round = Round.begin(database, Round.newOwner(), Set.of())) {
                  round.mark();
                  round.sweep(removed -> steps.incrementAndGet());
                }
                return isDone.complete(true);
              });
      while (!isDone.isDone()) {
        leases.create("l" + writes++, Labels.of(Map.of("a", "b")));
      }
      assertThat(isSwept.get(1, TimeUnit.MINUTES)).isTrue();
      assertThat(steps).hasValue(garbage * BLOBS_PER_IMAGE);
      // all in one write would let in the few that come before and after it
      assertThat(writes).isGreaterThan(garbage * BLOBS_PER_IMAGE / Round.STEP / 4);
    }
  }
}
