// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallTest {
  private final Counts counts = new Counts();
  private final Stall stall = new Stall(counts);

  @Test
  void crowdThatGetsOn_isNotStalled() {
    for (int second = 0; second < 60; second += 4) {
      assertThat(stall.stalled(TimeUnit.SECONDS.toNanos(second))).isFalse();
      counts.ended();
    }
  }

  @Test
  void crowdInWhichNothingEnds_isStalledUntilSomethingDoes() {
    assertThat(stall.stalled(0)).isFalse();
    assertThat(stall.stalled(TimeUnit.SECONDS.toNanos(6))).isTrue();

    counts.ended();
    assertThat(stall.stalled(TimeUnit.SECONDS.toNanos(7))).isFalse();
  }
}
