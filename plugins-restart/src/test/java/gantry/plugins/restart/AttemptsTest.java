// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.names.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AttemptsTest {
  private static final ContainerName NAME = new ContainerName(new Namespace("default"), "web");

  private final AtomicLong now = new AtomicLong(1);
  private final Attempts attempts = new Attempts(Duration.ofSeconds(10), now::get);

  @Test
  void pause_ofOneThatFailsAtOnce_doublesUpToTheInterval() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      pauses.add(attempts.pause(NAME).toSeconds());
      now.addAndGet(attempts.pause(NAME).toNanos());
      attempts.tried(NAME, null);
    }
    assertThat(pauses.subList(0, 6)).containsExactly(1L, 2L, 4L, 8L, 10L, 10L);
    assertThat(pauses.getLast()).isEqualTo(10L);
  }

  @Test
  void pause_ofOneThatRanForAnInterval_isShortAgain() {
    attempts.tried(NAME, null);
    attempts.tried(NAME, null);
    assertThat(attempts.pause(NAME)).isEqualTo(Duration.ofSeconds(4));
    now.addAndGet(Duration.ofSeconds(10).toNanos());
    assertThat(attempts.pause(NAME)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void pause_isNeverLongerThanTheInterval() {
    Attempts eager = new Attempts(Duration.ofMillis(100), now::get);
    assertThat(eager.pause(NAME)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void isOurs_onlyForTheChangeWeMade() {
    Instant change = Instant.ofEpochSecond(5);
    attempts.tried(NAME, change);
    assertThat(attempts.isOurs(NAME, change)).isTrue();
    assertThat(attempts.isOurs(NAME, change.plusNanos(1))).isFalse();
    attempts.retain(Set.of());
    assertThat(attempts.isOurs(NAME, change)).isFalse();
  }
}
