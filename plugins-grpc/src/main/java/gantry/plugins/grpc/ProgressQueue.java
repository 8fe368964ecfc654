// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.GantryException;
import gantry.streaming.MessageStream;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.wire.TransferMessageWire;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps a client has not been told yet, of each object only the last. So a client that reads
 * slowly holds nothing up: it sees fewer steps, never older ones last. Safe for concurrent use.
 */
final class ProgressQueue implements ProgressListener, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ProgressQueue.class);

  /** Objects in the queue; images have hundreds at most. */
  private static final int MAX = 10_000;

  /** How long the end of a transfer waits until the client has been told the last steps. */
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final @Nullable MessageStream stream;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // guarded by lock
  private final LinkedHashMap<String, Progress> waiting = new LinkedHashMap<>();
  private boolean isClosing;
  private boolean isDone;

  private ProgressQueue(@Nullable MessageStream stream) {
    this.stream = stream;
    this.isDone = stream == null;
  }

  static ProgressQueue toNobody() {
    return new ProgressQueue(null);
  }

  static ProgressQueue to(MessageStream stream) {
    ProgressQueue queue = new ProgressQueue(stream);
    Thread.ofVirtual().name("transfer-progress").start(() -> queue.sendAll(stream));
    return queue;
  }

  @Override
  public void progressed(Progress progress) {
    lock.lock();
    try {
      if (isDone || isClosing) {
        return;
      }
      // An object keeps its place, or one that often changes would be told of for ever or never.
      // What concerns the whole comes after what happened before it.
      if (progress.name().isEmpty()) {
        waiting.remove(progress.name());
      }
      waiting.put(progress.name(), progress);
      if (waiting.size() > MAX) {
        waiting.pollFirstEntry();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void sendAll(MessageStream stream) {
    try {
      for (Progress next = next(); next != null; next = next()) {
        stream.send(TransferMessageWire.encode(next));
      }
    } catch (IOException | GantryException e) {
      log.debug("a client does not read its progress any more", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.lock();
      try {
        isDone = true;
        waiting.clear();
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** The oldest step; null when there will be none any more. */
  private @Nullable Progress next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (waiting.isEmpty() && !isClosing) {
        changed.await(1, TimeUnit.HOURS);
      }
      Iterator<Progress> steps = waiting.values().iterator();
      if (!steps.hasNext()) {
        return null;
      }
      Progress first = steps.next();
      steps.remove();
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Lets the client hear what is waiting, then ends its stream. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosing = true;
      changed.signalAll();
      long left = DRAIN.toNanos();
      while (!isDone && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // the client has left
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
    if (stream != null) {
      stream.close();
    }
  }
}
