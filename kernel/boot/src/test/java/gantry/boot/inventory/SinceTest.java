// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import gantry.plugins.PluginUri;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SinceTest {
  private static final String ECHO = "test.echo.v1.plain";

  private final Hands clock = new Hands();
  private final Since since = new Since(clock);

  @Test
  void pluginThatStaysAsItIs_keepsTheTimeItWasFirstSeen() {
    since.saw(since.look(), List.of(plugin(State.OK, null)));
    clock.second = 60;
    since.saw(since.look(), List.of(plugin(State.OK, null)));

    assertThat(since.of(ECHO)).isEqualTo(Instant.ofEpochSecond(0));
  }

  @Test
  void otherState_beginsAnew() {
    since.saw(since.look(), List.of(plugin(State.OK, null)));
    clock.second = 60;
    since.saw(since.look(), List.of(plugin(State.ERROR, "waits")));

    assertThat(since.of(ECHO)).isEqualTo(Instant.ofEpochSecond(60));
  }

  @Test
  void otherReason_beginsAnew() {
    since.saw(since.look(), List.of(plugin(State.ERROR, "waits for a")));
    clock.second = 60;
    since.saw(since.look(), List.of(plugin(State.ERROR, "waits for b")));

    assertThat(since.of(ECHO)).isEqualTo(Instant.ofEpochSecond(60));
  }

  @Test
  void changeSeenLater_datesFromTheHint() {
    since.saw(since.look(), List.of(plugin(State.OK, null)));
    clock.second = 60;
    since.hint();
    clock.second = 61;
    since.hint();
    clock.second = 63;
    since.saw(since.look(), List.of(plugin(State.ERROR, "waits")));

    assertThat(since.of(ECHO)).isEqualTo(Instant.ofEpochSecond(60));
  }

  @Test
  void lookOvertakenByAnother_changesNothing() {
    Since.Look slow = since.look();
    clock.second = 60;
    since.saw(since.look(), List.of(plugin(State.ERROR, "waits")));
    clock.second = 70;
    since.saw(slow, List.of(plugin(State.OK, null)));
    clock.second = 80;
    since.saw(since.look(), List.of(plugin(State.ERROR, "waits")));

    assertThat(since.of(ECHO)).isEqualTo(Instant.ofEpochSecond(60));
  }

  @Test
  void pluginThatWent_isForgotten() {
    since.saw(since.look(), List.of(plugin(State.OK, null)));
    clock.second = 60;
    since.saw(since.look(), List.of());
    clock.second = 90;
    since.saw(since.look(), List.of(plugin(State.OK, null)));

    assertThat(since.of(ECHO)).isEqualTo(Instant.ofEpochSecond(90));
  }

  private static PluginStatus plugin(State state, @Nullable String reason) {
    return new PluginStatus(
        PluginUri.parse(ECHO), List.of(), List.of(), Map.of(), List.of(), state, reason);
  }

  /** A clock that tests turn. */
  private static final class Hands extends Clock {
    private long second;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochSecond(second);
    }
  }
}
