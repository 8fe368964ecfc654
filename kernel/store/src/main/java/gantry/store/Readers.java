// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.UnavailableException;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A few connections that read, made when they are needed. */
final class Readers implements AutoCloseable {
  private static final int MAX = 8;

  private final Connections connections;
  private final Duration deadline;
  private final Semaphore permits = new Semaphore(MAX);
  private final ConcurrentLinkedDeque<PreparedConnection> idle = new ConcurrentLinkedDeque<>();
  private volatile boolean isClosed;

  Readers(Connections connections, Duration deadline) {
    this.connections = connections;
    this.deadline = deadline;
  }

  <T extends @Nullable Object> T read(Work<T> work) {
    acquire();
    try {
      return readWith(connection(), work);
    } finally {
      permits.release();
    }
  }

  private <T extends @Nullable Object> T readWith(PreparedConnection connection, Work<T> work) {
    boolean isReusable = false;
    try {
      connection.run("BEGIN");
      Transaction tx = new Transaction(connection);
      try {
        return work.in(tx);
      } finally {
        tx.close();
        connection.run("ROLLBACK");
        isReusable = true;
      }
    } finally {
      putBack(connection, isReusable);
    }
  }

  private void acquire() {
    try {
      if (!permits.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DeadlineExceededException(
            "read %s: %d others read for too long: try again later"
                .formatted(connections.file(), MAX));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("read " + connections.file() + ": interrupted", e);
    }
  }

  private PreparedConnection connection() {
    if (isClosed) {
      throw new UnavailableException("use " + connections.file() + ": it is closed");
    }
    PreparedConnection connection = idle.poll();
    return connection == null ? connections.openReader() : connection;
  }

  private void putBack(PreparedConnection connection, boolean isReusable) {
    if (isReusable && !isClosed) {
      idle.push(connection);
    } else {
      connection.close();
    }
  }

  /** Waits for those that read. */
  @Override
  public void close() {
    isClosed = true;
    try {
      if (permits.tryAcquire(MAX, deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        permits.release(MAX);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    idle.forEach(PreparedConnection::close);
    idle.clear();
  }
}
