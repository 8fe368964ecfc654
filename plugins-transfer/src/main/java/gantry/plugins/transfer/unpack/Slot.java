// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.InternalException;
import gantry.plugins.transfer.tasks.Claim;
import gantry.plugins.transfer.tasks.TaskGroup;
import gantry.plugins.transfer.unpack.LayerUnpack.Prepared;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What has become of one layer, between the one who unpacks and the one who commits it. */
final class Slot {
  private static final Duration LONGEST = Duration.ofHours(12);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final String name;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable Claim claim;
  private @Nullable Prepared prepared;
  private @Nullable Exception failure;
  private int restarts;
  private boolean isDone;
  private boolean isCommitted;

  Slot(String name) {
    this.name = name;
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

  void claim(Claim taken) {
    change(() -> claim = taken);
  }

  Claim claim() {
    lock.lock();
    try {
      if (claim == null) {
        throw new InternalException(name + ": it has not been claimed");
      }
      return claim;
    } finally {
      lock.unlock();
    }
  }

  void prepared(Prepared active) {
    change(() -> prepared = active);
  }

  /** The active snapshot, if there is one; it is the caller's then. */
  @Nullable Prepared takePrepared() {
    lock.lock();
    try {
      Prepared active = prepared;
      prepared = null;
      return active;
    } finally {
      lock.unlock();
    }
  }

  boolean isPrepared() {
    return see(() -> prepared != null);
  }

  /** The layer is read now; so often it had come anew before. */
  void begun(int after) {
    change(() -> restarts = after);
  }

  int restarts() {
    return see(() -> restarts);
  }

  /** Why it could not be unpacked the first time, or null if it could. */
  @Nullable Exception failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  void committed() {
    change(() -> isCommitted = true);
  }

  boolean isCommitted() {
    return see(() -> isCommitted);
  }

  private <T> T see(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  void removePrepared(LayerUnpack layers) {
    Prepared active = takePrepared();
    if (active != null) {
      layers.remove(active);
    }
  }

  /** Has those who wait look again. */
  void wake() {
    change(() -> {});
  }

  /** It has been unpacked, or cannot be by itself. */
  void done(@Nullable Exception why) {
    change(
        () -> {
          isDone = true;
          failure = why;
        });
  }

  /**
   * Waits until it is done.
   *
   * @throws IOException or what else ended the group
   */
  void await(TaskGroup group) throws IOException {
    long end = System.nanoTime() + LONGEST.toNanos();
    lock.lock();
    try {
      while (!isDone) {
        group.requireRunning();
        if (System.nanoTime() > end) {
          throw new DeadlineExceededException("%s: not done after %s".formatted(name, LONGEST));
        }
        awaitChange();
      }
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void awaitChange() {
    try {
      // When we are woken the group may not know of its failure yet, so look again soon.
      changed.awaitNanos(LOOK.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(name + ": canceled", e);
    }
  }

  /** Lets others who want this layer look for it. */
  void release() {
    lock.lock();
    try {
      if (claim != null) {
        claim.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Drops what was not committed. */
  void abandon(LayerUnpack layers) {
    removePrepared(layers);
    release();
  }
}
