// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.metadata.Metadata.Changes;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Changes NONE = new Changes(0, 0);
  private static final long START = -5_000_000_000L;

  private static long at(long millis) {
    return START + Duration.ofMillis(millis).toNanos();
  }

  private static Settings settings(double pause, int deletions, int mutations, long delay) {
    return new Settings(
        pause, deletions, mutations, Duration.ofMillis(delay), Duration.ofMillis(100));
  }

  private static Schedule afterFirst(Settings settings) {
    Schedule schedule = new Schedule(settings, START);
    schedule.succeeded(at(100), NONE, Duration.ofMillis(1));
    return schedule;
  }

  @Test
  void first_isAfterTheStartupDelay_whateverHappened() {
    Schedule schedule = new Schedule(settings(0.02, 0, 100, 0), START);
    assertThat(schedule.nanosLeft(START)).isEqualTo(Duration.ofMillis(100).toNanos());
    assertThat(schedule.isDue(at(99), NONE, false)).isFalse();
    assertThat(schedule.isDue(at(100), NONE, false)).isTrue();
  }

  @Test
  void interval_keepsThePauseThreshold() {
    Schedule schedule = afterFirst(settings(0.02, 0, 100, 0));
    // an average of at least 5 ms counts: 5 / 0.02 - 5
    assertThat(schedule.nanosLeft(at(100))).isEqualTo(Duration.ofMillis(245).toNanos());
    schedule.succeeded(at(1000), NONE, Duration.ofMillis(39));
    assertThat(schedule.nanosLeft(at(1000))).isEqualTo(Duration.ofMillis(980).toNanos());
    Schedule half = afterFirst(settings(7, 0, 100, 0));
    assertThat(half.nanosLeft(at(100))).isEqualTo(Duration.ofMillis(5).toNanos());
    Schedule none = afterFirst(settings(0, 0, 100, 0));
    assertThat(none.nanosLeft(at(100))).isEqualTo(Duration.ofSeconds(1).toNanos());
  }

  @Test
  void due_isSkippedUnlessSomethingHappened() {
    Schedule schedule = afterFirst(settings(0.02, 0, 100, 0));
    assertThat(schedule.isDue(at(345), new Changes(99, 0), false)).isFalse();
    assertThat(schedule.nanosLeft(at(345))).isEqualTo(Duration.ofMillis(245).toNanos());
    assertThat(schedule.isDue(at(600), new Changes(100, 0), false)).isTrue();
    assertThat(schedule.isDue(at(600), new Changes(1, 1), false)).isTrue();
    assertThat(schedule.isDue(at(600), NONE, true)).isTrue();
  }

  @Test
  void countersThatBeginAnew_makeACollectionWorthWhile() {
    Schedule schedule = afterFirst(settings(0.02, 0, 100, 0));
    schedule.succeeded(at(400), new Changes(150, 3), Duration.ofMillis(1));
    assertThat(schedule.isDue(at(700), new Changes(1, 0), false)).isTrue();
    schedule.succeeded(at(800), new Changes(1, 0), Duration.ofMillis(1));
    assertThat(schedule.isDue(at(1200), new Changes(2, 0), false)).isFalse();
    assertThat(schedule.isDue(at(1600), new Changes(3, 1), false)).isTrue();
  }

  @Test
  void changesBeforeACollection_doNotMakeTheNextWorthWhile() {
    Schedule schedule = afterFirst(settings(0.02, 0, 100, 0));
    schedule.succeeded(at(400), new Changes(150, 3), Duration.ofMillis(1));
    assertThat(schedule.isDue(at(700), new Changes(200, 3), false)).isFalse();
    assertThat(schedule.isDue(at(1000), new Changes(250, 3), false)).isTrue();
  }

  @Test
  void mutationThresholdOfZero_meansDeletionsOnly() {
    Schedule schedule = afterFirst(settings(0.02, 0, 0, 0));
    assertThat(schedule.isDue(at(400), new Changes(1000, 0), false)).isFalse();
    assertThat(schedule.isDue(at(700), new Changes(1000, 1), false)).isTrue();
  }

  @Test
  void request_bringsItForwardToTheDelay() {
    Schedule schedule = afterFirst(settings(0.02, 0, 100, 50));
    schedule.request(at(110));
    assertThat(schedule.nanosLeft(at(110))).isEqualTo(Duration.ofMillis(50).toNanos());
    schedule.request(at(150));
    assertThat(schedule.nanosLeft(at(150))).isEqualTo(Duration.ofMillis(10).toNanos());
    assertThat(schedule.isDue(at(160), NONE, true)).isTrue();
  }

  @Test
  void deletionThreshold_bringsItForward() {
    Schedule schedule = new Schedule(settings(0.02, 3, 100, 0), START);
    schedule.succeeded(at(100), NONE, Duration.ofSeconds(1));
    assertThat(schedule.nanosLeft(at(100))).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(schedule.isDue(at(1100), new Changes(2, 2), false)).isFalse();
    assertThat(schedule.isDue(at(1100), new Changes(3, 3), false)).isTrue();
  }

  @Test
  void failed_isTriedAgainLater() {
    Schedule schedule = afterFirst(settings(0.02, 0, 100, 0));
    schedule.failed(at(500));
    assertThat(schedule.nanosLeft(at(500))).isEqualTo(Duration.ofMillis(1245).toNanos());
    assertThat(schedule.isDue(at(1745), new Changes(5, 1), false)).isTrue();
  }
}
