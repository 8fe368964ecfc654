// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.cli.command.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignalNameTest {
  @ParameterizedTest
  @CsvSource({"SIGTERM,15", "term,15", "9,9", "KILL,9", "USR1,10", "SIGWINCH,28", "RTMIN+3,37"})
  void names_areNumbers(String name, int number) {
    assertThat(SignalName.parse(name)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "SIG", "nope", "0", "65", "-1"})
  void others_areRefused(String name) {
    assertThatThrownBy(() -> SignalName.parse(name)).isInstanceOf(UsageException.class);
  }

  @Test
  void forwarding_handsSignalsOn() throws Exception {
    var got = new java.util.concurrent.LinkedBlockingQueue<Integer>();
    try (SignalForwarding _ = SignalForwarding.all(got::add)) {
      new ProcessBuilder("kill", "-USR1", Long.toString(ProcessHandle.current().pid()))
          .start()
          .waitFor();
      assertThat(got.poll(10, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(10);
    }
  }
}
