// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReloadSignalTest {
  private final AtomicInteger reloads = new AtomicInteger();
  private final ReloadSignal signal = new ReloadSignal();

  @Test
  void signal_isPassedOn() {
    signal.serve(reloads::incrementAndGet);

    signal.run();
    signal.run();

    assertThat(reloads).hasValue(2);
  }

  @Test
  void signal_duringTheStart_isKeptForItsEnd() {
    signal.run();
    assertThat(reloads).hasValue(0);

    signal.serve(reloads::incrementAndGet);

    assertThat(reloads).hasValue(1);
  }

  @Test
  void start_withoutASignal_reloadsNothing() {
    signal.serve(reloads::incrementAndGet);

    assertThat(reloads).hasValue(0);
  }
}
