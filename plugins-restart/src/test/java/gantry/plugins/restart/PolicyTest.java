// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
  private static Labels labels(String policy, String count, String stopped) {
    Map<String, String> map = new HashMap<>();
    map.put(WellKnown.RESTART_POLICY, policy);
    map.put(WellKnown.RESTART_COUNT, count);
    map.put(WellKnown.RESTART_EXPLICITLY_STOPPED, stopped);
    map.values().removeIf(String::isEmpty);
    return Labels.of(map);
  }

  @ParameterizedTest
  @CsvSource({
    "'',             '',  '',    0,   true",
    "always,         99,  true,  0,   true",
    "no,             '',  '',    1,   false",
    "on-failure,     '',  '',    0,   false",
    "on-failure,     500, '',    1,   true",
    "on-failure:0,   500, '',    1,   true",
    "on-failure:2,   1,   '',    137, true",
    "on-failure:2,   2,   '',    137, false",
    "on-failure:-1,  '',  '',    137, false",
    "unless-stopped, '',  '',    0,   true",
    "unless-stopped, '',  false, 0,   true",
    "unless-stopped, '',  true,  1,   false",
    "unless-stopped, '',  1,     1,   false",
    "unless-stopped, '',  yes,   1,   true",
  })
  void wants_isWhatContainerdDecides(
      String policy, String count, String stopped, int exit, boolean wanted) {
    Labels labels = labels(policy, count, stopped);
    assertThat(Policy.of(labels).wants(labels, exit)).isEqualTo(wanted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sometimes", "always:3", "no:1", "on-failure:many", "on-failure:", ":1"})
  void of_unknownPolicy_isRefused(String policy) {
    assertThatThrownBy(() -> Policy.of(labels(policy, "", "")))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void count_thatIsNoNumber_stopsOnFailureAndNothingElse() {
    Labels labels = labels("on-failure:3", "x", "");
    assertThatThrownBy(() -> Policy.of(labels).wants(labels, 1))
        .isInstanceOf(InvalidArgumentException.class);
    Labels always = labels("always", "x", "");
    assertThat(Policy.of(always).wants(always, 0)).isTrue();
    assertThat(Policy.count(always)).isZero();
  }
}
