// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that writes. While one commit is on its way to the disk others queue up, and share the
 * next one: each in a savepoint, so that one that fails takes no other with it.
 */
final class Writer implements AutoCloseable {
  private static final int QUEUE_MAX = 1024;
  private static final int GROUP_MAX = 128;

  private final String name;
  private final PreparedConnection connection;
  private final Duration deadline;
  private final BlockingQueue<WriteRequest<?>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread thread;
  private Durability current = Durability.DURABLE;
  private volatile boolean isClosed;

  Writer(String name, PreparedConnection connection, Duration deadline) {
    this.name = name;
    this.connection = connection;
    this.deadline = deadline;
    this.thread = Thread.ofPlatform().name("store-" + name).daemon().unstarted(this::loop);
  }

  void start() {
    thread.start();
  }

  boolean isCurrentThread() {
    return Thread.currentThread().equals(thread);
  }

  <T extends @Nullable Object> T write(Durability durability, Work<T> work) {
    WriteRequest<T> request = new WriteRequest<>(work, durability);
    submit(request);
    boolean isInterrupted = awaitDone(request);
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
    return request.outcome();
  }

  private void submit(WriteRequest<?> request) {
    if (isClosed) {
      throw closed();
    }
    if (!hasRoom(request)) {
      throw new ResourceExhaustedException(
          "write to %s: %d writes are waiting: try again later".formatted(name, QUEUE_MAX));
    }
    // The thread may have emptied the queue for the last time between the two lines above.
    if (isClosed && !thread.isAlive() && request.withdraw()) {
      throw closed();
    }
  }

  private boolean hasRoom(WriteRequest<?> request) {
    try {
      return queue.offer(request, deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("write to " + name + ": interrupted", e);
    }
  }

  /**
   * Once taken it will be done or not within moments; leaving early would leave the outcome open.
   */
  private boolean awaitDone(WriteRequest<?> request) {
    boolean isInterrupted = false;
    long end = System.nanoTime() + deadline.toNanos();
    while (true) {
      try {
        if (request.await(Duration.ofNanos(end - System.nanoTime()))) {
          return isInterrupted;
        }
        if (request.withdraw()) {
          throw new DeadlineExceededException(
              "write to %s: not begun within %s: try again later".formatted(name, deadline));
        }
        throw new DeadlineExceededException(
            "write to %s: not ended within %s: look whether it happened".formatted(name, deadline));
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
  }

  private void loop() {
    List<WriteRequest<?>> group = new ArrayList<>(GROUP_MAX);
    while (!isClosed || !queue.isEmpty()) {
      if (gather(group)) {
        commit(group);
      }
      group.clear();
    }
    connection.close();
  }

  private boolean gather(List<WriteRequest<?>> group) {
    try {
      if (!isClosed) {
        group.add(queue.take());
      }
    } catch (InterruptedException e) {
      // close() does that, so that the last round begins
    }
    queue.drainTo(group, GROUP_MAX - group.size());
    group.removeIf(request -> !request.take());
    return !group.isEmpty();
  }

  private void commit(List<WriteRequest<?>> group) {
    RuntimeException failure = null;
    try {
      sync(group);
      connection.run("BEGIN IMMEDIATE");
      group.forEach(this::perform);
      connection.run("COMMIT");
    } catch (RuntimeException e) {
      failure = e;
      rollBack(e);
    }
    for (WriteRequest<?> request : group) {
      request.finish(failure);
    }
  }

  private void perform(WriteRequest<?> request) {
    connection.run("SAVEPOINT request");
    Transaction tx = new Transaction(connection);
    boolean isGood = request.perform(tx);
    tx.close();
    if (!isGood) {
      connection.run("ROLLBACK TO request");
    }
    connection.run("RELEASE request");
  }

  private void sync(List<WriteRequest<?>> group) {
    Durability wanted =
        group.stream().anyMatch(request -> request.durability() == Durability.DURABLE)
            ? Durability.DURABLE
            : Durability.VISIBLE;
    if (wanted != current) {
      connection.run(
          wanted == Durability.DURABLE
              ? "PRAGMA synchronous = FULL"
              : "PRAGMA synchronous = NORMAL");
      current = wanted;
    }
  }

  /** After some failures, a full disk for one, SQLite has rolled back by itself. */
  private void rollBack(RuntimeException reason) {
    try {
      connection.run("ROLLBACK");
    } catch (GantryException e) {
      reason.addSuppressed(e);
    }
  }

  /** Ends what is queued, then the thread. */
  @Override
  public void close() {
    isClosed = true;
    thread.interrupt();
    try {
      if (!thread.join(deadline)) {
        throw new DeadlineExceededException("close " + name + ": a write does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<WriteRequest<?>> late = new ArrayList<>();
    queue.drainTo(late);
    late.stream().filter(WriteRequest::take).forEach(request -> request.finish(closed()));
  }

  private UnavailableException closed() {
    return new UnavailableException("use " + name + ": it is closed");
  }
}
