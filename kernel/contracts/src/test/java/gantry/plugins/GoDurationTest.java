// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0,PT0S",
    "0s,PT0S",
    "1m30s,PT1M30S",
    "0.5ms,PT0.0005S",
    ".5h,PT30M",
    "10s,PT10S",
    "500ms,PT0.5S",
    "1.5h,PT1H30M",
    "2us,PT0.000002S",
    "-2us,PT-0.000002S"
  })
  void duration_isRead(String text, Duration duration) {
    assertThat(GoDuration.parse(text)).contains(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "1x", "s", "1s 2s", "1d", "--1s", "10", "10 s", "ten", "10sx"})
  void anythingElse_isNone(String text) {
    assertThat(GoDuration.parse(text)).isEmpty();
  }

  @Test
  void bothSpellingsOfMicro_areRead() {
    assertThat(GoDuration.parse("1\u00b5s")).isEqualTo(GoDuration.parse("1\u03bcs")).isPresent();
  }
}
