// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Ends bodies that move too slowly. One thread for all; it only ever closes. */
final class Watchdog implements AutoCloseable {
  private final ScheduledThreadPoolExecutor timer;
  private final long period;

  Watchdog(Deadlines deadlines) {
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("registry-watchdog").factory());
    timer.setRemoveOnCancelPolicy(true);
    Duration eighth = deadlines.window().dividedBy(8);
    period = Math.clamp(eighth.toMillis(), 1, 1000);
  }

  /**
   * Looks after a body.
   *
   * @param end called once when it is too slow
   * @return to be cancelled when the body is done
   */
  ScheduledFuture<?> watch(Throughput throughput, Runnable end) {
    Runnable look =
        () -> {
          if (throughput.tooSlow()) {
            end.run();
          }
        };
    return timer.scheduleWithFixedDelay(look, period, period, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
