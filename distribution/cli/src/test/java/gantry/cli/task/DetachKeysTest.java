// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.cli.command.UsageException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DetachKeysTest {
  /** Types text; {@code |} ends a read. */
  private static String passed(DetachKeys.Watch watch, String typed) {
    StringBuilder passed = new StringBuilder();
    for (String read : typed.split("\\|", -1)) {
      byte[] bytes = read.getBytes(StandardCharsets.ISO_8859_1);
      passed.append(new String(watch.pass(bytes, bytes.length), StandardCharsets.ISO_8859_1));
    }
    return passed.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "'a,b',    xaby,    x,    true",
    "'a,b',    xa|by,   x,    true",
    "'a,b',    xacab,   xac,  true",
    "'a,a,b',  aaab,    a,    true",
    "'a,b',    xay,     xay,  false",
    "'a,b',    xa,      x,    false",
    "'',       ab,      ab,   false",
    "q,        xqz,     x,    true",
  })
  void keys_areFoundAndHeldBack(String keys, String typed, String passed, boolean isComplete) {
    DetachKeys.Watch watch = DetachKeys.parse(keys).watch();
    assertThat(passed(watch, typed)).isEqualTo(passed);
    assertThat(watch.isComplete()).isEqualTo(isComplete);
  }

  @Test
  void standard_isControlPThenControlQ() {
    DetachKeys.Watch watch = DetachKeys.parse(DetachKeys.STANDARD).watch();
    assertThat(passed(watch, "ls\r\u0010")).isEqualTo("ls\r");
    assertThat(watch.rest()).containsExactly(0x10);
    assertThat(passed(watch, "\u0010\u0011rest")).isEqualTo("\u0010");
    assertThat(watch.isComplete()).isTrue();
    assertThat(watch.rest()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ctrl-a,1", "ctrl-Z,26", "ctrl-@,0", "ctrl-[,27", "ctrl-],29", "ctrl-_,31", "~,126"})
  void key_isNamed(String name, int code) {
    DetachKeys.Watch watch = DetachKeys.parse(name).watch();
    assertThat(watch.pass(new byte[] {(byte) code}, 1)).isEmpty();
    assertThat(watch.isComplete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ctrl-", "ctrl-1", "alt-a", "a,,b", "ab", "\u00e9", "a,"})
  void key_thatDoesNotExist_isRefused(String keys) {
    assertThatThrownBy(() -> DetachKeys.parse(keys))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("ctrl-p,ctrl-q");
  }
}
