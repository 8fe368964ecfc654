// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.UnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Transactions on one file. Several stores, also of other processes and versions, may have the file
 * open at once. Safe for concurrent use.
 *
 * <p>Everything here and in {@link Transaction} may throw
 *
 * <ul>
 *   <li>{@link gantry.errors.DataLossException} if the file is not a sound database,
 *   <li>{@link gantry.errors.FailedPreconditionException} if it cannot be opened or written,
 *   <li>{@link gantry.errors.ResourceExhaustedException} if the disk or the queue is full,
 *   <li>{@link UnavailableException} if another process holds it for more than 10 s,
 *   <li>{@link gantry.errors.DeadlineExceededException} if a wait takes longer than 30 s.
 * </ul>
 */
public final class Store implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(30);

  private final Path file;
  private final Writer writer;
  private final Readers readers;
  private final Hold owners = new Hold(this::letGo);

  /** How many hold it, the owner too; once this is 0 it closes for good. */
  private final AtomicInteger holds = new AtomicInteger(1);

  private final ThreadLocal<Boolean> isReading = ThreadLocal.withInitial(() -> false);

  private Store(Path file, Writer writer, Readers readers) {
    this.file = file;
    this.writer = writer;
    this.readers = readers;
  }

  /** Opens a file, makes it if need be, and takes the schema's steps that it has not taken. */
  public static Store open(Path file, Schema schema) {
    Connections connections = new Connections(file);
    Writer writer =
        new Writer(connections.file().toString(), connections.openWriter(schema), DEADLINE);
    writer.start();
    return new Store(connections.file(), writer, new Readers(connections, DEADLINE));
  }

  /**
   * Changes the store, durably. All that {@code work} does happens, or nothing.
   *
   * @throws IllegalStateException if called inside a transaction of this store
   */
  public <T extends @Nullable Object> T write(Work<T> work) {
    return write(Durability.DURABLE, work);
  }

  /** As {@link #write(Work)}, but returns when the durability asked for is reached. */
  public <T extends @Nullable Object> T write(Durability durability, Work<T> work) {
    requireNoTransaction();
    return writer.write(durability, work);
  }

  /**
   * Looks at one consistent state of the store, the one that all writes that have returned led to
   * or a later one.
   *
   * @throws IllegalStateException if called inside a transaction of this store
   */
  public <T extends @Nullable Object> T read(Work<T> work) {
    requireNoTransaction();
    isReading.set(true);
    try {
      return readers.read(work);
    } finally {
      isReading.remove();
    }
  }

  /** Whether the calling thread is inside a transaction of this store. */
  public boolean isInTransaction() {
    return writer.isCurrentThread() || isReading.get();
  }

  private void requireNoTransaction() {
    if (isInTransaction()) {
      throw new IllegalStateException("begin transaction: this thread is inside one");
    }
  }

  /**
   * Keeps this open until the hold is closed.
   *
   * @throws UnavailableException if it is closed
   */
  public Hold hold() {
    if (holds.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
      throw new UnavailableException("use " + file + ": it is closed");
    }
    return new Hold(this::letGo);
  }

  /**
   * Ends the writes that wait and the reads, then closes the file; if somebody holds it, when that
   * is over. Idempotent.
   */
  @Override
  public void close() {
    owners.close();
  }

  private void letGo() {
    if (holds.decrementAndGet() > 0) {
      return;
    }
    readers.close();
    writer.close();
  }
}
