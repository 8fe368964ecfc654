// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DeadlineExceededException;
import gantry.plugins.metadata.Patience.Job;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PatienceTest {
  private final Patience patience = new Patience();

  @Test
  void many_areDoneSideBySideAndToldInOrder() throws Exception {
    CyclicBarrier pair = new CyclicBarrier(2);
    List<Job<Integer>> jobs =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    new Job<>(
                        "job " + i,
                        () -> {
                          pair.await(20, TimeUnit.SECONDS);
                          return i;
                        }))
            .toList();
    List<Integer> told = new ArrayList<>();

    patience.callAll(jobs, told::add);

    assertThat(told).isEqualTo(IntStream.range(0, 20).boxed().toList());
  }

  @Test
  void failureOfOne_keepsTheLaterFromBeginning() {
    List<Integer> begun = new ArrayList<>();
    List<Job<Integer>> jobs =
        IntStream.range(0, 100)
            .mapToObj(
                i ->
                    new Job<Integer>(
                        "job " + i,
                        () -> {
                          synchronized (begun) {
                            begun.add(i);
                          }
                          throw new IOException("job " + i + " failed");
                        }))
            .toList();

    assertThatThrownBy(() -> patience.callAll(jobs, told -> {})).hasMessage("job 0 failed");

    synchronized (begun) {
      assertThat(begun).hasSizeLessThan(10);
    }
  }

  @Test
  void oneThatDoesNotEnd_isNotWaitedForLonger() {
    patience.setDeadline(Duration.ofMillis(10));
    CountDownLatch never = new CountDownLatch(1);
    Job<Boolean> stuck = new Job<>("remove x", () -> never.await(50, TimeUnit.SECONDS));

    assertThatThrownBy(() -> patience.callAll(List.of(stuck), told -> {}))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("remove x");
    never.countDown();
  }
}
