// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections that were accepted and cannot yet be told to go elsewhere: closing one of them
 * would look like a failure to its client. Safe for concurrent use.
 */
final class Handshakes extends ServerTransportFilter {
  private static final Attributes.Key<Boolean> DONE = Attributes.Key.create("handshake.done");

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int open;

  void begin() {
    count(1);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    count(-1);
    return attributes.toBuilder().set(DONE, true).build();
  }

  @Override
  public void transportTerminated(@Nullable Attributes attributes) {
    if (attributes == null || attributes.get(DONE) == null) {
      count(-1);
    }
  }

  private void count(int more) {
    lock.lock();
    try {
      open += more;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there are none. */
  void await(Duration time) {
    lock.lock();
    try {
      long left = time.toNanos();
      while (open > 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
