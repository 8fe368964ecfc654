// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PatienceTest {
  private final Patience patience = new Patience();

  @Test
  void many_areDoneStepByStepAndToldInOrder() throws Exception {
    List<Integer> all = numbers(4 * Patience.STEP);
    List<Integer> told = new ArrayList<>();

    patience.callAll("count", all, some -> some, told::add);

    assertThat(told).isEqualTo(all);
  }

  @Test
  void lastStep_mayBeSmaller() throws Exception {
    List<Integer> sizes = new ArrayList<>();

    patience.callAll("count", numbers(Patience.STEP + 1), some -> List.of(some.size()), sizes::add);

    assertThat(sizes).containsExactly(Patience.STEP, 1);
  }

  @Test
  void failureOfOne_keepsTheLaterFromBeginning() {
    AtomicInteger begun = new AtomicInteger();

    assertThatThrownBy(
            () ->
                patience.callAll(
                    "count",
                    numbers(100 * Patience.STEP),
                    some -> {
                      begun.incrementAndGet();
                      throw new IOException(some.getFirst() + " failed");
                    },
                    told -> {}))
        .hasMessage("0 failed");

    assertThat(begun).hasValue(1);
  }

  @Test
  void oneThatDoesNotEnd_isNotWaitedForLonger() {
    patience.setDeadline(Duration.ofMillis(10));
    CountDownLatch never = new CountDownLatch(1);

    assertThatThrownBy(
            () ->
                patience.callAll(
                    "remove x",
                    numbers(1),
                    some -> List.of(never.await(50, TimeUnit.SECONDS)),
                    told -> {}))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("remove x");
    never.countDown();
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
