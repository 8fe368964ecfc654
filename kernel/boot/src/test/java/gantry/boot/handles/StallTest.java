// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StallTest {
  private static final long SHORT = TimeUnit.MINUTES.toNanos(2);

  private final Counts counts = new Counts();
  private final AtomicInteger own = new AtomicInteger(Flights.STALLED_MAX);
  private final Stall stall = new Stall(counts, own::get);

  @Test
  void crowdThatGetsOn_isNotStalled() {
    for (int second = 0; second < 60; second += 4) {
      assertThat(stalled(second, SHORT)).isFalse();
      counts.ended();
    }
  }

  @Test
  void crowdInWhichNothingEnds_isStalledUntilSomethingDoes() {
    assertThat(stalled(0, SHORT)).isFalse();
    assertThat(stalled(6, SHORT)).isTrue();

    counts.ended();
    assertThat(stalled(7, SHORT)).isFalse();
  }

  @Test
  void crowdThatWaitsForAnotherPlugin_isNotStalled() {
    own.set(0);

    assertThat(stalled(0, SHORT)).isFalse();
    assertThat(stalled(60, SHORT)).isFalse();
  }

  @Test
  void callThatMayTakeLong_isLetInLonger() {
    long half = TimeUnit.MINUTES.toNanos(30);

    assertThat(stalled(0, half)).isFalse();
    assertThat(stalled(29, half)).isFalse();
    assertThat(stalled(31, half)).isTrue();
  }

  private boolean stalled(int second, long budget) {
    return stall.stalled(TimeUnit.SECONDS.toNanos(second), budget);
  }
}
