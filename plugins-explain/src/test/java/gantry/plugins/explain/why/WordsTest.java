// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @Test
  void lines_breakBetweenWords() {
    assertThat(Words.wrap("one two three four five", 16))
        .containsExactly("one two three", "       four five");
    assertThat(Words.wrap("short", 16)).containsExactly("short");
    assertThat(Words.wrap("averylongwordindeedthatgoeson", 16)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0 s",
    "0, 0 s",
    "1, 1 ms",
    "999, 999 ms",
    "1000, 1 s",
    "59999, 59 s",
    "60000, 1 min",
    "192000, 3 min 12 s",
    "3600000, 1 h",
    "7500000, 2 h 5 min",
    "93600000, 1 d 2 h",
  })
  void duration_hasTwoUnitsAtMost(long millis, String words) {
    assertThat(Words.of(Duration.ofMillis(millis))).isEqualTo(words);
  }
}
