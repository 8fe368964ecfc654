// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Keeps a store open for work of several transactions: a store that is told to close does so when
 * the last of these is closed. Do not close one inside a transaction. Safe for concurrent use.
 */
public final class Hold implements AutoCloseable {
  private final Runnable end;
  private final AtomicBoolean isOpen = new AtomicBoolean(true);

  Hold(Runnable end) {
    this.end = end;
  }

  /** Lets go. Idempotent. */
  @Override
  public void close() {
    if (isOpen.getAndSet(false)) {
      end.run();
    }
  }
}
