// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;

import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.store.Transaction;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code names.log}, from which names and labels come back when the database is lost. A
 * thread writes down what changed, within about half a second; callers do not wait for it. What it
 * has not written yet is in {@code touched}, so nothing is missed by a restart. Lines are appended
 * inside a write transaction, without waiting for the disk, so that several who do this keep their
 * order.
 */
final class NameLog implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NameLog.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration CLOSE_MAX = Duration.ofSeconds(10);
  private static final int BATCH = 200;
  private static final long REWRITE_MIN = 1 << 20;

  private final Database database;
  private final Path file;
  private final Lock lock;
  private final Semaphore isChanged = new Semaphore(0);
  private final Thread thread;
  // both guarded by lock
  private long rewriteAt;
  private long written;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * The book of a database.
   *
   * @param lock held while it is written to; versions that are active at once have the same
   */
  NameLog(Database database, Path file, Lock lock) {
    this.database = database;
    this.file = file;
    this.lock = lock;
    this.thread = Thread.ofVirtual().name("names").unstarted(this::loop);
  }

  /** Beside the database. */
  static Path beside(Path databaseFile) {
    return databaseFile.resolveSibling("names.log");
  }

  void start() {
    isChanged.release();
    thread.start();
  }

  /** There may be something to write. */
  void changed() {
    if (isChanged.availablePermits() == 0) {
      isChanged.release();
    }
  }

  private void loop() {
    try {
      do {
        isChanged.acquire();
        writeDown();
      } while (!closed.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      // nobody does that: it could close the file that is being written
      log.warn("end of names", e);
    }
  }

  private void writeDown() {
    try {
      flush();
    } catch (IOException | UncheckedIOException | GantryException e) {
      log.warn("write {}: trying again with the next change", file, e);
    }
  }

  /** Writes down all that has changed so far, and returns when it is on the disk. */
  void flush() throws IOException {
    lock.lock();
    try {
      flushLocked();
    } finally {
      lock.unlock();
    }
  }

  private void flushLocked() throws IOException {
    if (!Files.exists(file) || Files.size(file) > rewriteAt()) {
      rewrite();
    }
    while (true) {
      long last = database.log(tx -> append(tx, written));
      if (last == written) {
        return;
      }
      force(file);
      written = last;
      database.log(
          tx -> {
            Touched.forget(tx, last);
            return true;
          });
    }
  }

  private long append(Transaction tx, long seen) {
    List<Touched> changes = Touched.after(tx, seen, BATCH);
    if (changes.isEmpty()) {
      return seen;
    }
    Map<String, Touched> latest = new LinkedHashMap<>();
    changes.forEach(
        change -> latest.put(change.type() + change.namespace() + "\n" + change.key(), change));
    StringBuilder lines = new StringBuilder();
    latest
        .values()
        .forEach(change -> NameRows.one(tx, change, line -> lines.append(line.written())));
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    } catch (IOException e) {
      throw new InternalException("append to %s: %s".formatted(file, e.getMessage()), e);
    }
    return changes.getLast().seq();
  }

  private long rewriteAt() throws IOException {
    if (rewriteAt == 0) {
      rewriteAt = Math.max(REWRITE_MIN, 2 * Files.size(file));
    }
    return rewriteAt;
  }

  /** Writes a new file beside writers, then what they changed meanwhile, then swaps the files. */
  private void rewrite() throws IOException {
    Path fresh = file.resolveSibling("names.log.new");
    // While there is a round, what changes is not forgotten.
    Round round = Round.begin(database, Round.newOwner(), Set.of());
    try {
      long seen = database.read(tx -> writeAll(tx, fresh));
      force(fresh);
      // What came since is in touched still, and is appended to the file that has the name then.
      database.log(tx -> move(fresh));
      written = seen;
    } finally {
      round.close();
    }
    force(file.resolveSibling(""));
    rewriteAt = Math.max(REWRITE_MIN, 2 * Files.size(file));
  }

  private static long writeAll(Transaction tx, Path fresh) {
    try (BufferedWriter out = Files.newBufferedWriter(fresh)) {
      NameRows.all(
          tx,
          line -> {
            try {
              out.write(line.written());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      return Touched.last(tx);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path move(Path fresh) {
    try {
      return Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Writes down what is left. Call it before the database closes. */
  @Override
  public void close() {
    closed.countDown();
    if (thread.getState() == Thread.State.NEW) {
      return;
    }
    isChanged.release();
    try {
      if (thread.join(CLOSE_MAX)) {
        writeDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
