// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Many containers that only wait: what they cost in memory, and how long a restart takes. */
final class FleetRow implements Row {
  private static final Duration FOUND_LIMIT = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 10_000_000;

  @Override
  public String name() {
    return "fleet";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    List<Integer> sizes = settings.isShort() ? List.of(0, 3) : List.of(0, 10, 100, 300);
    stage.quiet();
    try (Pair pair = stage.fresh()) {
      for (Side side : pair.sides()) {
        double _ = restart(side); // what loading the image took is not what an idle daemon has
      }
      int running = 0;
      for (int size : sizes) {
        for (; running < size; running++) {
          for (Side side : pair.sides()) {
            side.workload().launch("c" + running);
          }
        }
        memory(settings, report, pair, size);
      }
      for (int size : sizes.reversed()) {
        if (size != 10) {
          for (; running > size; running--) {
            for (Side side : pair.sides()) {
              side.workload().stop("c" + (running - 1));
              side.workload().forget("c" + (running - 1));
            }
          }
          restarts(settings, report, pair, size);
        }
      }
    }
  }

  private void memory(Settings settings, Report report, Pair pair, int size) throws Exception {
    long pause = settings.many(2000, 100) * 1_000_000L;
    Series memory =
        new Turns(pair, settings.many(1, 0), settings.many(3, 1))
            .take(
                (side, number) -> {
                  LockSupport.parkNanos(pause);
                  return side.daemon().memoryMegabytes();
                });
    report.less(
        name(),
        "memory with %d containers".formatted(size),
        "MB",
        memory,
        "daemon and helpers, PSS");
  }

  private void restarts(Settings settings, Report report, Pair pair, int size) throws Exception {
    Series restart =
        new Turns(pair, settings.many(1, 0), settings.rounds(5, 1))
            .take((side, number) -> Turns.millis(() -> restart(side)));
    for (Side side : pair.sides()) {
      awaitAll(side, size);
    }
    report.less(
        name(),
        "restart with %d containers".formatted(size),
        "ms",
        restart,
        "SIGTERM to the next daemon's first answer");
  }

  /** A daemon that answers fast but has lost its containers is no better. */
  private static void awaitAll(Side side, int size) {
    long end = System.nanoTime() + FOUND_LIMIT.toNanos();
    long alive;
    do {
      alive =
          side.client().tasks().list().stream()
              .filter(task -> ProcessHandle.of(task.pid()).isPresent())
              .count();
      if (alive != size) {
        LockSupport.parkNanos(POLL_NANOS);
      }
    } while (alive != size && System.nanoTime() < end);
    if (alive != size) {
      throw new IllegalStateException(
          "%s: %d containers run after its restarts, not %d".formatted(side.name(), alive, size));
    }
  }

  private static double restart(Side side) throws Exception {
    return Turns.millis(
        () -> {
          side.daemon().stop();
          side.daemon().start();
          side.daemon().awaitAnswer();
        });
  }
}
