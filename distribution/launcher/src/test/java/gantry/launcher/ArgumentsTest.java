// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ArgumentsTest {
  @Test
  void flags_areHandedToTheKernelByItsNames() throws LaunchException {
    Arguments arguments =
        Arguments.parse("-c", "f", "--address=a=b", "--root", "r", "--state", "s", "-l", "debug");

    assertThat(arguments.verb()).isEqualTo("run");
    assertThat(arguments.flags())
        .containsExactly("config=f", "address=a=b", "root=r", "state=s", "level=debug");
  }

  @Test
  void commands_areTold() throws LaunchException {
    assertThat(Arguments.parse("config", "default").verb()).isEqualTo("default");
    assertThat(Arguments.parse("-c", "f", "config", "dump").verb()).isEqualTo("dump");
    assertThat(Arguments.parse("--version").verb()).isEqualTo("version");
    assertThat(Arguments.parse("-h").verb()).isEqualTo("help");
  }

  @Test
  void rebuild_isAVerbThatTheKernelIsToldOf() throws LaunchException {
    Arguments plain = Arguments.parse("--root", "r", "--rebuild");
    assertThat(plain.verb()).isEqualTo("rebuild");
    assertThat(plain.flags()).containsExactly("root=r", "rebuild=sizes");
    assertThat(Arguments.parse("--rebuild=hashes").flags()).containsExactly("rebuild=hashes");
    assertThatThrownBy(() -> Arguments.parse("--rebuild=wat"))
        .hasMessageContaining("unknown flag --rebuild");
    assertThatThrownBy(() -> Arguments.parse("--rebuild", "config", "dump"))
        .hasMessageContaining("--rebuild goes with no command");
  }

  @Test
  void nonsense_isRefusedWithWhatToDo() {
    assertThatThrownBy(() -> Arguments.parse("--wat")).hasMessageContaining("unknown flag --wat");
    assertThatThrownBy(() -> Arguments.parse("-c")).hasMessageContaining("-c needs a value");
    assertThatThrownBy(() -> Arguments.parse("-l", "loud"))
        .hasMessageContaining("no log level \"loud\"");
    assertThatThrownBy(() -> Arguments.parse("run")).hasMessageContaining("no command \"run\"");
  }
}
