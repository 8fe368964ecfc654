// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.content.BlobInfo;
import gantry.filters.Filter;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.leases.LeaseResource;
import gantry.metadata.Caller;
import gantry.metadata.Garbage;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.store.Durability;
import gantry.testkit.RecordingEventBus;
import gantry.testkit.Together;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens between the steps of a collection. Blobs here are records only. */
class RoundTest {
  private static final Namespace NAMESPACE = new Namespace("test");
  private static final String NS = NAMESPACE.name();

  @TempDir Path root;
  private Database database;

  @BeforeEach
  void open() {
    database =
        new Database(
            root.resolve("meta.db"),
            Durability.VISIBLE,
            Clock.systemUTC(),
            new RecordingEventBus());
    leases().create("l", Labels.none());
  }

  @AfterEach
  void close() {
    database.close();
  }

  private LeaseTable leases() {
    return new LeaseTable(database, new SecureRandom(), Caller.of(NAMESPACE));
  }

  private static Digest digest(int number) {
    return Digest.sha256(Integer.toString(number).getBytes(StandardCharsets.UTF_8));
  }

  /** A blob that refers to others. */
  private void blob(int number, int... references) {
    Labels labels = Labels.none();
    for (int reference : references) {
      labels =
          labels.with(WellKnown.GC_REF_CONTENT + "." + reference, digest(reference).toString());
    }
    put(number, labels);
  }

  private void put(int number, Labels labels) {
    BlobInfo blob =
        new BlobInfo(digest(number), 10, Instant.EPOCH, Instant.ofEpochSecond(5), labels);
    database.write(tx -> BlobRows.insert(tx, NS, blob));
  }

  private void label(int number, String key, String value) {
    database.write(
        tx -> {
          BlobInfo old = BlobRows.require(tx, NS, digest(number));
          BlobRows.setLabels(
              tx,
              NS,
              new BlobInfo(
                  old.digest(),
                  old.size(),
                  old.createdAt(),
                  old.updatedAt(),
                  old.labels().with(key, value)));
          return true;
        });
  }

  private void claim(int number) {
    leases().add("l", new LeaseResource("content", digest(number).toString()));
  }

  private boolean exists(int number) {
    return database.read(tx -> BlobRows.exists(tx, NS, digest(number)));
  }

  private Round begin() {
    return Round.begin(database, Round.newOwner(), Set.of("overlayfs"));
  }

  private void collect() {
    try (Round round = begin()) {
      round.mark();
      round.sweep(garbage -> {});
    }
  }

  /** A chain of blobs from 0, each referring to the next. */
  private void chain(int length) {
    for (int i = 0; i < length - 1; i++) {
      blob(i, i + 1);
    }
    blob(length - 1);
  }

  @Test
  void lease_betweenMarkAndSweep_savesAllBelow() {
    chain(5);
    try (Round round = begin()) {
      assertThat(round.mark()).hasSize(5);
      claim(2);
      round.sweep(garbage -> {});
    }
    assertThat(exists(1)).isFalse();
    assertThat(List.of(2, 3, 4)).allMatch(this::exists);
  }

  @Test
  void lease_betweenSteps_savesAllBelow() {
    int length = Round.STEP * 2 + 50;
    chain(length);
    AtomicBoolean isFirst = new AtomicBoolean(true);
    try (Round round = begin()) {
      round.mark();
      round.sweep(
          garbage -> {
            if (isFirst.getAndSet(false)) {
              assertThat(exists(Round.STEP)).isTrue();
              claim(Round.STEP + 20);
            }
          });
    }
    for (int i = 0; i < length; i++) {
      assertThat(exists(i)).isEqualTo(i >= Round.STEP + 20);
    }
  }

  @Test
  void reference_addedAfterTheMark_savesWhatItNames() {
    chain(3);
    blob(10);
    claim(10);
    blob(20, 21);
    blob(21);
    put(30, Labels.of(Map.of("containerd.io/gc.bref.image", "i")));
    try (Round round = begin()) {
      assertThat(round.mark()).hasSize(6);
      label(10, WellKnown.GC_REF_CONTENT, digest(1).toString());
      Image image =
          new Image(
              "i", Labels.none(), Descriptor.of("t", digest(20), 1), Instant.EPOCH, Instant.EPOCH);
      new ImageTable(database, Caller.of(NAMESPACE)).create(image, null);
      round.sweep(garbage -> {});
    }
    assertThat(exists(0)).isFalse();
    assertThat(List.of(1, 2, 10, 20, 21, 30)).allMatch(this::exists);
  }

  @Test
  void object_deletedAndMadeAgainAfterTheMark_stays() {
    blob(1);
    try (Round round = begin()) {
      round.mark();
      database.write(
          tx -> {
            BlobRows.delete(tx, NS, digest(1));
            return true;
          });
      blob(1);
      List<Garbage> removed = new ArrayList<>();
      round.sweep(removed::add);
      assertThat(removed).isEmpty();
    }
    assertThat(exists(1)).isTrue();
    collect();
    assertThat(exists(1)).isFalse();
  }

  @Test
  void circle_goesInOneStepOrStays() {
    int size = Round.STEP + 30;
    for (int i = 0; i < size; i++) {
      blob(i, (i + 1) % size);
    }
    AtomicBoolean isFirst = new AtomicBoolean(true);
    try (Round round = begin()) {
      round.mark();
      round.sweep(
          garbage -> {
            if (isFirst.getAndSet(false)) {
              assertThat(database.<List<BlobInfo>>read(tx -> BlobRows.all(tx, NS))).isEmpty();
            }
          });
    }
    assertThat(isFirst).isFalse();
  }

  @Test
  void changes_areForgottenOnlyWhenNoCollectionNeedsThem() {
    blob(1);
    try (Round round = begin()) {
      round.mark();
      claim(1);
      database.log(
          tx -> {
            Touched.forget(tx, Touched.last(tx));
            return true;
          });
      round.sweep(garbage -> {});
    }
    assertThat(exists(1)).isTrue();
    database.log(
        tx -> {
          Touched.forget(tx, Touched.last(tx));
          assertThat(Touched.after(tx, 0, 10)).isEmpty();
          return true;
        });
  }

  @Test
  void reasons_nameTheRootThatWent() {
    blob(1, 2);
    blob(2);
    blob(3);
    claim(3);
    blob(4);
    Image image =
        new Image(
            "img", Labels.none(), Descriptor.of("t", digest(1), 1), Instant.EPOCH, Instant.EPOCH);
    ImageTable images = new ImageTable(database, Caller.of(NAMESPACE));
    images.create(image, null);
    collect();
    images.delete("img", null);
    leases().delete("l");
    blob(4);
    leases().create("old", Labels.of(Map.of(WellKnown.GC_EXPIRE, "2020-01-01T00:00:00Z")));
    blob(5);
    leases().add("old", new LeaseResource("content", digest(5).toString()));

    List<Garbage> plan;
    try (Round round = begin()) {
      plan = round.mark();
    }

    assertThat(reason(plan, digest(1).toString())).startsWith("image img was deleted at 20");
    assertThat(reason(plan, digest(2).toString()))
        .startsWith("only content %s referred to it: ".formatted(digest(1)))
        .contains("image img was deleted at 20");
    assertThat(reason(plan, digest(3).toString())).startsWith("lease l let go of it at 20");
    assertThat(reason(plan, digest(4).toString()))
        .isEqualTo(
            "no lease, image or container refers to it, last changed at 1970-01-01T00:00:05Z");
    assertThat(reason(plan, digest(5).toString()))
        .isEqualTo("lease old expired at 2020-01-01T00:00:00Z");
    assertThat(reason(plan, "old")).isEqualTo("it expired at 2020-01-01T00:00:00Z");
    assertThat(plan).filteredOn(g -> g.type().equals("content")).allMatch(g -> g.bytes() == 10);
  }

  private static String reason(List<Garbage> plan, String id) {
    return plan.stream().filter(g -> g.id().equals(id)).findFirst().orElseThrow().reason();
  }

  /**
   * Claims come at any moment while collections go on without a pause. Whoever claimed something
   * that was there finds all that it refers to.
   */
  @Test
  void claims_whileCollecting_neverGetHalf() throws Exception {
    int size = 600;
    Random random = new Random(42);
    int[][] references = new int[size][];
    for (int i = 0; i < size; i++) {
      references[i] = random.ints(2, 0, size).toArray();
    }
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < size; i++) {
        if (!exists(i)) {
          blob(i, i < size / 2 ? new int[] {i + 1} : references[i]);
        }
      }
      Set<Integer> claimed = ConcurrentHashMap.newKeySet();
      AtomicBoolean isDone = new AtomicBoolean();
      int seed = round;
      Together.call(
          3,
          thread -> thread == 0 ? collectUntil(isDone) : claimSome(seed, thread, claimed, isDone));
      Set<Integer> wanted = new HashSet<>();
      claimed.forEach(number -> reach(number, references, wanted));
      assertThat(claimed).isNotEmpty();
      assertThat(wanted).allMatch(this::exists);
      leases().delete("l");
      leases().create("l", Labels.none());
    }
  }

  private boolean collectUntil(AtomicBoolean isDone) {
    do {
      collect();
    } while (!isDone.get());
    return true;
  }

  private boolean claimSome(int round, int thread, Set<Integer> claimed, AtomicBoolean isDone) {
    Random random = new Random(round * 100L + thread);
    for (int i = 0; i < 15; i++) {
      int number = random.nextInt(600);
      boolean isClaimed =
          database.write(
              tx -> {
                boolean exists = BlobRows.exists(tx, NS, digest(number));
                if (exists) {
                  Claims.add(tx, NS, "l", Claims.CONTENT, digest(number).toString());
                }
                return exists;
              });
      if (isClaimed) {
        claimed.add(number);
      }
    }
    isDone.set(true);
    return true;
  }

  private static void reach(int from, int[][] references, Set<Integer> reached) {
    List<Integer> open = new ArrayList<>(List.of(from));
    while (!open.isEmpty()) {
      int number = open.removeLast();
      if (reached.add(number)) {
        for (int to : number < 300 ? new int[] {number + 1} : references[number]) {
          open.add(to);
        }
      }
    }
  }

  @Test
  void deletedImages_leaveNoTraceAfterTheirCollection() {
    blob(1);
    collect();
    assertThat(new ImageTable(database, Caller.of(NAMESPACE)).list(Filter.ALL)).isEmpty();
    assertThat(database.<Long>read(tx -> tx.number("SELECT count(*) FROM collection"))).isZero();
  }
}
