// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final long RETRY = 1000;

  private final Breaker breaker = new Breaker(Duration.ofNanos(RETRY));

  @Test
  void answerBetweenLateCalls_keepsItClosed() {
    late(Breaker.LATE_MAX - 1, 0);
    breaker.answered();
    late(Breaker.LATE_MAX - 1, 0);
    assertThat(breaker.isOpen()).isFalse();

    late(1, 0);
    assertThat(breaker.isOpen()).isTrue();
  }

  @Test
  void openOne_letsOneCallInAfterAWhile() {
    late(Breaker.LATE_MAX, 0);

    assertThat(breaker.admitsProbe(RETRY - 1)).isFalse();
    assertThat(breaker.admitsProbe(RETRY)).isTrue();
    assertThat(breaker.admitsProbe(RETRY + 1)).isFalse();
  }

  @Test
  void lateProbe_makesTheNextWait() {
    late(Breaker.LATE_MAX, 0);
    assertThat(breaker.admitsProbe(RETRY)).isTrue();
    late(1, 2 * RETRY);

    assertThat(breaker.isOpen()).isTrue();
    assertThat(breaker.admitsProbe(2 * RETRY + 1)).isFalse();
    assertThat(breaker.admitsProbe(3 * RETRY)).isTrue();
  }

  @Test
  void answeredProbe_closes() {
    late(Breaker.LATE_MAX, 0);
    assertThat(breaker.admitsProbe(RETRY)).isTrue();
    breaker.answered();

    assertThat(breaker.isOpen()).isFalse();
    assertThat(breaker.late()).isZero();
  }

  private void late(int times, long now) {
    for (int i = 0; i < times; i++) {
      breaker.late(now);
    }
  }
}
