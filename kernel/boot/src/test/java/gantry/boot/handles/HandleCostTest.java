// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.handles.HandleRig.Work;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** Guards the cost of a call against a change of kind; {@code distribution/bench} measures it. */
class HandleCostTest {
  private static final int CALLS = 200_000;
  private static final int ROUNDS = 15;

  /** On a quiet machine it is about two. */
  private static final int RATIO_MAX = 12;

  @Test
  void call_costsAboutAsMuchAsAnEntryInAMap() {
    try (HandleRig rig = new HandleRig()) {
      PluginHandle<Work> handle = rig.serving("test.work.v1.plain");
      ConcurrentHashMap<Integer, Work> map = new ConcurrentHashMap<>();
      Work work = new Work();
      Duration call = Duration.ofDays(1);
      Duration entry = Duration.ofDays(1);
      // The best of several: what else the machine does makes any of them worse, none better.
      for (int round = 0; round < ROUNDS; round++) {
        call = min(call, () -> handle.<String, RuntimeException>call(Work::answer));
        entry =
            min(
                entry,
                () -> {
                  map.put(1, work);
                  map.remove(1);
                });
      }

      assertThat(map).isEmpty();
      assertThat(call).isLessThan(entry.multipliedBy(RATIO_MAX));
    }
  }

  private static Duration min(Duration before, Runnable task) {
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      task.run();
    }
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    return took.compareTo(before) < 0 ? took : before;
  }
}
