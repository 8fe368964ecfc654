// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DataLossException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnavailableException;
import gantry.labels.Labels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  private static final Schema SCHEMA =
      Schema.of("CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT UNIQUE);");

  @TempDir Path directory;

  private Store open() {
    return Store.open(directory.resolve("deep/test.db"), SCHEMA);
  }

  private static void add(Store store, String name) {
    store.write(tx -> tx.run("INSERT INTO item (name) VALUES (?)", name));
  }

  private static List<String> names(Store store) {
    return store.read(tx -> tx.list("SELECT name FROM item ORDER BY id", row -> row.text(1)));
  }

  @Test
  void write_isSeenByReadsAndAfterReopening() {
    try (Store store = open()) {
      add(store, "one");
      assertThat(names(store)).containsExactly("one");
    }
    try (Store store = open()) {
      assertThat(names(store)).containsExactly("one");
    }
  }

  @Test
  void write_thatThrows_changesNothing() {
    try (Store store = open()) {
      assertThatThrownBy(
              () ->
                  store.write(
                      tx -> {
                        tx.run("INSERT INTO item (name) VALUES ('lost')");
                        throw new IllegalArgumentException("no");
                      }))
          .isInstanceOf(IllegalArgumentException.class);
      add(store, "kept");
      assertThat(names(store)).containsExactly("kept");
    }
  }

  @Test
  void group_ofWrites_givesEachItsOwnOutcome() throws Exception {
    try (Store store = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch isRunning = new CountDownLatch(1);
      CountDownLatch mayEnd = new CountDownLatch(1);
      Future<Object> first =
          threads.submit(
              () ->
                  store.write(
                      tx -> {
                        isRunning.countDown();
                        return await(mayEnd);
                      }));
      assertThat(isRunning.await(10, TimeUnit.SECONDS)).isTrue();
      List<Callable<Boolean>> writes = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        String name = "n" + i / 2;
        writes.add(() -> succeeds(store, name));
      }
      Future<List<Future<Boolean>>> all = threads.submit(() -> threads.invokeAll(writes));
      mayEnd.countDown();
      first.get(10, TimeUnit.SECONDS);
      long good = 0;
      for (Future<Boolean> one : all.get(20, TimeUnit.SECONDS)) {
        good += one.get() ? 1 : 0;
      }
      assertThat(good).isEqualTo(30);
      assertThat(names(store)).hasSize(30);
    }
  }

  private static Object await(CountDownLatch latch) {
    try {
      return latch.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean succeeds(Store store, String name) {
    try {
      add(store, name);
      return true;
    } catch (gantry.errors.InternalException e) {
      return false;
    }
  }

  @Test
  void read_seesOneState() {
    try (Store store = open();
        Store other = open()) {
      add(store, "one");
      long counted =
          store.read(
              tx -> {
                long before = tx.number("SELECT count(*) FROM item");
                add(other, "two");
                return before * 10 + tx.number("SELECT count(*) FROM item");
              });
      assertThat(counted).isEqualTo(11);
      assertThat(names(store)).containsExactly("one", "two");
    }
  }

  @Test
  void read_cannotWrite() {
    try (Store store = open()) {
      assertThatThrownBy(() -> store.read(tx -> tx.run("INSERT INTO item (name) VALUES ('x')")))
          .isInstanceOf(FailedPreconditionException.class);
      assertThat(names(store)).isEmpty();
    }
  }

  @Test
  void transaction_insideAnother_isRefused() {
    try (Store store = open()) {
      assertThat(store.isInTransaction()).isFalse();
      assertThat(store.<Boolean>write(tx -> store.isInTransaction())).isTrue();
      assertThat(store.<Boolean>read(tx -> store.isInTransaction())).isTrue();
      assertThatThrownBy(() -> store.write(tx -> store.read(inner -> 1)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> store.read(tx -> store.write(inner -> 1)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(store.isInTransaction()).isFalse();
    }
  }

  @Test
  void transaction_keptAfterItsEnd_isRefused() {
    try (Store store = open()) {
      Transaction kept = store.write(tx -> tx);
      assertThatThrownBy(() -> kept.run("DELETE FROM item"))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void query_insideTheSameQuery_works() {
    try (Store store = open()) {
      add(store, "a");
      add(store, "b");
      List<String> pairs = new ArrayList<>();
      String sql = "SELECT name FROM item ORDER BY id";
      store.read(
          tx -> {
            tx.each(sql, one -> tx.each(sql, two -> pairs.add(one.text(1) + two.text(1))));
            return 0;
          });
      assertThat(pairs).containsExactly("aa", "ab", "ba", "bb");
    }
  }

  @Test
  void heldStore_closesWhenTheLastHoldDoes() {
    Store store = open();
    Hold one = store.hold();
    Hold two = store.hold();
    store.close();
    store.close();
    one.close();
    one.close();

    assertThat(store.<Boolean>read(tx -> true)).isTrue();
    two.close();

    assertThatThrownBy(() -> store.read(tx -> true)).isInstanceOf(UnavailableException.class);
    assertThatThrownBy(store::hold).isInstanceOf(UnavailableException.class);
  }

  @Test
  void closedStore_isUnavailable() {
    Store store = open();
    store.close();
    store.close();
    assertThatThrownBy(() -> names(store)).isInstanceOf(UnavailableException.class);
    assertThatThrownBy(() -> add(store, "x")).isInstanceOf(UnavailableException.class);
  }

  @Test
  void open_takesTheStepsThatAreMissing() {
    try (Store store = open()) {
      add(store, "old");
    }
    Schema next =
        Schema.of(SCHEMA.steps().getFirst(), "ALTER TABLE item ADD COLUMN size INTEGER DEFAULT 7;");
    Path file = directory.resolve("deep/test.db");
    try (Store newer = Store.open(file, next);
        Store older = open()) {
      assertThat(newer.<Long>read(tx -> tx.number("SELECT size FROM item"))).isEqualTo(7);
      add(older, "still works");
      assertThat(names(newer)).containsExactly("old", "still works");
    }
    assertThatThrownBy(() -> Store.open(file, new Schema(2, List.of())))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("generation");
  }

  @Test
  void open_withAStepThatFails_takesNone() {
    Path file = directory.resolve("x.db");
    Schema bad = Schema.of("CREATE TABLE a (x);", "CREATE TABLE a (x);");
    assertThatThrownBy(() -> Store.open(file, bad)).hasMessageContaining("already exists");
    Store.open(file, Schema.of("CREATE TABLE a (x);")).close();
  }

  @Test
  void open_ofSomethingElse_isDataLoss() throws Exception {
    Path file = directory.resolve("x.db");
    Files.writeString(file, "this is not a database. ".repeat(100));
    assertThatThrownBy(() -> Store.open(file, SCHEMA))
        .isInstanceOf(DataLossException.class)
        .hasMessageContaining("restore");
  }

  @Test
  void open_onReadOnlyPath_saysSo() {
    assertThatThrownBy(() -> Store.open(Path.of("/proc/sys/x.db"), SCHEMA))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("/proc/sys");
  }

  @Test
  void library_isNotInTheDirectoryForTemporaryFiles() throws Exception {
    open().close();
    try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("sqlite-") && name.contains("libsqlitejdbc"));
    }
  }

  @Test
  void columns_keepWhatWasPutIntoThem() {
    Schema schema = Schema.of("CREATE TABLE v (t TEXT, n INTEGER, b BLOB, e TEXT, f INTEGER);");
    Instant time = Instant.parse("2026-01-02T03:04:05.123456789Z");
    byte[] bytes = {0, 1, (byte) 255};
    try (Store store = Store.open(directory.resolve("v.db"), schema)) {
      store.write(
          tx ->
              tx.run("INSERT INTO v VALUES (?, ?, ?, ?, ?)", "\u00e9\n", time, bytes, null, true));
      boolean isSame =
          store.read(
              tx ->
                  tx.find(
                          "SELECT t, n, b, e, f FROM v",
                          row ->
                              row.text(1).equals("\u00e9\n")
                                  && row.time(2).equals(time)
                                  && Arrays.equals(row.findBytes(3), bytes)
                                  && row.findText(4) == null
                                  && row.flag(5))
                      .orElse(false));
      assertThat(isSame).isTrue();
    }
  }

  @Test
  void labelColumn_keepsAnyText() {
    Labels labels = Labels.of(Map.of("a=b", "c=d", "x\\n", "y\nz\\", "plain", "v", "=", "="));
    assertThat(LabelColumn.labels(LabelColumn.encode(labels))).isEqualTo(labels);
    assertThat(LabelColumn.encode(Labels.of(Map.of("b", "2", "a", "1")))).isEqualTo("a=1\nb=2\n");
    assertThat(LabelColumn.labels("")).isEqualTo(Labels.none());
  }

  @Test
  void fullDisk_isResourceExhausted_andTheStoreGoesOn() {
    try (Store store = open()) {
      String big = "x".repeat(500_000);
      store.write(tx -> tx.list("PRAGMA max_page_count = 40", row -> row.number(1)));
      assertThatThrownBy(() -> add(store, big)).isInstanceOf(ResourceExhaustedException.class);
      add(store, "small");
      assertThat(names(store)).containsExactly("small");
    }
  }

  @Test
  void moreWritersThanTheQueueHolds_waitForTheirTurn() throws Exception {
    try (Store store = open();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Boolean>> writes = new ArrayList<>();
      for (int i = 0; i < 3000; i++) {
        String name = "n" + i;
        writes.add(() -> succeeds(store, name));
      }
      for (Future<Boolean> write : threads.invokeAll(writes)) {
        assertThat(write.get()).isTrue();
      }
      assertThat(names(store)).hasSize(3000);
    }
  }
}
