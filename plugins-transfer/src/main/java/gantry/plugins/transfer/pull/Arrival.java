// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.content.ContentReader;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.oci.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob on its way into the store, between the one who writes it and those who read what has been
 * written. The writer never waits for a reader. Safe for concurrent use.
 */
final class Arrival implements AutoCloseable {
  /** The writer has deadlines of its own; this one is for what nobody thought of. */
  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private final Descriptor descriptor;
  private final boolean isRead;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ContentReader reader;
  private @Nullable Throwable failure;
  private long published;
  private int generation;
  private boolean stored;

  /**
   * Begins with nothing.
   *
   * @param isRead whether somebody reads it while it arrives
   */
  Arrival(Descriptor descriptor, boolean isRead) {
    this.descriptor = descriptor;
    this.isRead = isRead;
  }

  boolean isRead() {
    return isRead;
  }

  Descriptor descriptor() {
    return descriptor;
  }

  /** The writer has begun, or goes on behind what was there; the reader shows what is written. */
  void begin(ContentReader written, long offset) throws IOException {
    close();
    change(
        () -> {
          reader = written;
          published = offset;
        });
  }

  /** So many bytes may be read now. */
  void publish(long offset) {
    change(() -> published = offset);
  }

  /** What has been published is wrong, and is written anew. */
  void restart() {
    change(
        () -> {
          generation++;
          published = 0;
        });
  }

  /** It is in the store, its digest checked. */
  void store() {
    change(() -> stored = true);
  }

  /** It will not come. */
  void fail(Throwable why) {
    change(() -> failure = failure == null ? why : failure);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something to read, or it is stored; true if there is a reader. */
  boolean awaitBegun() throws IOException {
    lock.lock();
    try {
      await(() -> stored || (reader != null && published > 0));
      return reader != null;
    } finally {
      lock.unlock();
    }
  }

  void awaitStored() throws IOException {
    lock.lock();
    try {
      await(() -> stored);
    } finally {
      lock.unlock();
    }
  }

  int generation() {
    lock.lock();
    try {
      return generation;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Reads what there is behind an offset, at least one byte; waits if there is none yet.
   *
   * @param since the generation that is being read
   * @return bytes read, or -1 at the end of the blob
   */
  int read(ByteBuffer target, long offset, int since) throws IOException {
    ContentReader source = awaitBytes(offset, since);
    return source == null ? -1 : source.read(target, offset);
  }

  private @Nullable ContentReader awaitBytes(long offset, int since) throws IOException {
    lock.lock();
    try {
      await(() -> generation != since || published > offset || offset >= descriptor.size());
      if (generation != since) {
        throw new IOException(
            "read %s: what had come was wrong, it comes anew".formatted(descriptor.digest()));
      }
      return published > offset ? reader : null;
    } finally {
      lock.unlock();
    }
  }

  @FunctionalInterface
  private interface Check {
    boolean holds();
  }

  private void await(Check check) throws IOException {
    long seen = published;
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!check.holds()) {
      rethrow();
      if (published != seen) {
        seen = published;
        end = System.nanoTime() + PATIENCE.toNanos();
      }
      awaitChange(end - System.nanoTime());
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void awaitChange(long left) {
    try {
      if (left <= 0 || !changed.await(left, TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceededException(
            "wait for %s: nothing came for %s".formatted(descriptor.digest(), PATIENCE));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("wait for %s: canceled".formatted(descriptor.digest()), e);
    }
  }

  /** The failure is the writer's: its own thread throws it too, so here it is only told. */
  private void rethrow() throws IOException {
    switch (failure) {
      case null -> {}
      case GantryException e -> throw e;
      case IOException e -> throw e;
      default ->
          throw new InternalException(
              "fetch %s: %s".formatted(descriptor.digest(), failure.getMessage()), failure);
    }
  }

  /** Lets go of the reader. Call it when nobody reads any more. */
  @Override
  public void close() throws IOException {
    ContentReader open;
    lock.lock();
    try {
      open = reader;
      reader = null;
    } finally {
      lock.unlock();
    }
    if (open != null) {
      open.close();
    }
  }
}
