// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.UnavailableException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Calls that must not be cut off when the plugin is stopped, for nobody would know what has become
 * of them. Safe for concurrent use.
 */
final class Users implements AutoCloseable {
  private final Runnable last;
  private final AtomicBoolean isClosed = new AtomicBoolean();

  /** Calls under way, and the plugin until it is stopped. */
  private final AtomicInteger count = new AtomicInteger(1);

  /**
   * Counts.
   *
   * @param last done once, when this is closed and the last call has ended
   */
  Users(Runnable last) {
    this.last = last;
  }

  /**
   * A call begins.
   *
   * @throws UnavailableException if all is over
   */
  void enter() {
    if (count.getAndUpdate(users -> users == 0 ? 0 : users + 1) == 0) {
      throw new UnavailableException("call supervisor: the runtime plugin has stopped");
    }
  }

  /** It has ended. */
  void leave() {
    if (count.decrementAndGet() == 0) {
      last.run();
    }
  }

  /** Idempotent. */
  @Override
  public void close() {
    if (!isClosed.getAndSet(true)) {
      leave();
    }
  }
}
