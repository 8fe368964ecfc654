// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * Fails a call into a raw store that is made inside a transaction, and takes orders to do worse.
 */
final class Guard {
  private final AtomicReference<BooleanSupplier> isInTransaction =
      new AtomicReference<>(() -> false);
  private final AtomicReference<Runnable> before = new AtomicReference<>(() -> {});
  private final AtomicReference<Runnable> after = new AtomicReference<>(() -> {});

  void watch(SqliteMetadata metadata) {
    isInTransaction.updateAndGet(
        others -> () -> others.getAsBoolean() || metadata.isInTransaction());
  }

  /** Does something within the next call, before its work. */
  void onNextCall(Runnable action) {
    before.set(action);
  }

  /** Does something when the next call that makes something has done so, before it returns. */
  void afterNextWork(Runnable action) {
    after.set(action);
  }

  void leave() {
    after.getAndSet(() -> {}).run();
  }

  void enter() {
    if (isInTransaction.get().getAsBoolean()) {
      throw new AssertionError("a raw store is called inside a transaction");
    }
    before.getAndSet(() -> {}).run();
  }
}
