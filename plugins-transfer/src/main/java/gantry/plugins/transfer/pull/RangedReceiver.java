// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.plugins.transfer.tasks.Permits.Permit;
import gantry.plugins.transfer.tasks.TaskGroup;
import gantry.registry.RemoteBlob;
import gantry.registry.Repository;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives a large blob over several connections at once, each a range at a time, and hands the
 * ranges on in their order. It takes connections that nobody else waits for, and as many buffers as
 * connections and one more.
 */
final class RangedReceiver {
  private static final Logger log = LoggerFactory.getLogger(RangedReceiver.class);
  private static final int HELPERS_MAX = 3;
  private static final int TRIES = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Repository repository;
  private final Wanted wanted;
  private final Descriptor descriptor;
  private final Sink sink;
  private final Downloads downloads;
  private final long begin;
  private final AtomicLong next = new AtomicLong();
  private final ConcurrentMap<Long, byte[]> arrived = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable UnimplementedException refusal;

  RangedReceiver(Repository repository, Wanted wanted, Sink sink, Downloads downloads) {
    this.repository = repository;
    this.wanted = wanted;
    this.descriptor = wanted.descriptor();
    this.sink = sink;
    this.downloads = downloads;
    this.begin = sink.offset();
  }

  /** Receives what is missing, the other way if ranges are not worth while or not to be had. */
  void receiveOr(Receiver whole) throws IOException {
    long left = descriptor.size() - begin;
    boolean isLarge = downloads.chunk() > 0 && left >= downloads.rangesFrom();
    if (isLarge && wanted.urls().isEmpty()) {
      try (Permit helpers = downloads.permits().idle(HELPERS_MAX)) {
        if (helpers.count() > 0) {
          receive(1 + helpers.count());
        }
      } catch (UnimplementedException e) {
        log.debug("fetch {}: {}; fetching it whole", descriptor.digest(), e.getMessage());
      }
    }
    whole.receive();
  }

  private void receive(int connections) throws IOException {
    BlockingQueue<byte[]> buffers = new ArrayBlockingQueue<>(connections + 1);
    for (int i = 0; i <= connections; i++) {
      buffers.add(new byte[downloads.chunk()]);
    }
    try (TaskGroup group = new TaskGroup("fetch " + descriptor.digest())) {
      for (int i = 0; i < connections; i++) {
        group.fork(() -> fetchRanges(buffers));
      }
      for (long index = 0; index < count(); index++) {
        byte[] bytes = await(index, group);
        sink.write(bytes, length(index));
        buffers.add(bytes);
      }
      group.join();
    }
  }

  private long count() {
    return Math.ceilDiv(descriptor.size() - begin, downloads.chunk());
  }

  private long offset(long index) {
    return begin + index * downloads.chunk();
  }

  private int length(long index) {
    return (int) Math.min(downloads.chunk(), descriptor.size() - offset(index));
  }

  private void fetchRanges(BlockingQueue<byte[]> buffers) throws IOException {
    try {
      while (true) {
        byte[] buffer = take(buffers);
        long index = next.getAndIncrement();
        if (index >= count()) {
          buffers.add(buffer);
          return;
        }
        fetchRange(buffer, index);
        arrived.put(index, buffer);
        signal(null);
      }
    } catch (UnimplementedException e) {
      signal(e);
    }
  }

  private void signal(@Nullable UnimplementedException why) {
    lock.lock();
    try {
      refusal = why == null ? refusal : why;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private byte[] take(BlockingQueue<byte[]> buffers) {
    try {
      byte[] buffer = buffers.poll(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
      if (buffer == null) {
        throw stuck("to be written");
      }
      return buffer;
    } catch (InterruptedException e) {
      throw canceled(e);
    }
  }

  private void fetchRange(byte[] buffer, long index) throws IOException {
    int length = length(index);
    int done = 0;
    int tries = 0;
    while (done < length) {
      try (RemoteBlob remote =
          repository.fetchRange(descriptor, offset(index) + done, length - done)) {
        while (done < length) {
          int count = remote.body().read(buffer, done, length - done);
          if (count < 0) {
            throw new IOException("the range ended after " + done + " of " + length + " bytes");
          }
          done += count;
        }
      } catch (IOException e) {
        tries++;
        if (tries >= TRIES || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        log.debug("fetch {}: {}; going on", descriptor.digest(), e.getMessage());
      }
    }
  }

  private byte[] await(long index, TaskGroup group) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    lock.lock();
    try {
      while (true) {
        byte[] bytes = arrived.remove(index);
        if (bytes != null) {
          return bytes;
        }
        if (refusal != null) {
          throw refusal;
        }
        awaitChange(end - System.nanoTime(), group);
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void awaitChange(long left, TaskGroup group) throws IOException {
    group.requireRunning();
    if (left <= 0) {
      throw stuck("to come");
    }
    try {
      boolean signalled = changed.await(Math.min(left, 1_000_000_000L), TimeUnit.NANOSECONDS);
      log.trace("fetch {}: {}", descriptor.digest(), signalled);
    } catch (InterruptedException e) {
      throw canceled(e);
    }
  }

  private DeadlineExceededException stuck(String what) {
    return new DeadlineExceededException(
        "fetch %s: waited %s for a range %s".formatted(descriptor.digest(), PATIENCE, what));
  }

  private CanceledException canceled(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new CanceledException("fetch %s: canceled".formatted(descriptor.digest()), cause);
  }
}
