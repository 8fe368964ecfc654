// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.CanceledException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Waits between attempts; tests do not. */
@FunctionalInterface
interface Pauses {
  /** Returns when the time is over. */
  void pause(Duration time);

  /** Really waits; an interrupt ends it with {@link CanceledException}. */
  static Pauses real() {
    return time -> {
      try {
        boolean never = new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
        assert !never;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CanceledException("wait for registry: interrupted", e);
      }
    };
  }
}
