// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LineReaderTest {
  private final Grammar grammar =
      Grammar.named("gantry x", "does x")
          .flag("tty t", "a terminal")
          .flag("detach d", "leave")
          .value("signal s", "SIGNAL", "which")
          .values("env", "KEY=VALUE", "variables")
          .arguments("NAME", 1, 2, "names");

  @Test
  void options_haveManyForms() {
    for (List<String> line :
        List.of(
            List.of("--tty", "--signal", "-9", "a"),
            List.of("-t", "--signal=-9", "a"),
            List.of("-ts", "-9", "a"),
            List.of("-ts-9", "a"),
            List.of("a", "--tty=true", "-signal", "-9"))) {
      Arguments read = LineReader.read(grammar, line);
      assertThat(read.flag("tty")).as("%s", line).isTrue();
      assertThat(read.flag("detach")).isFalse();
      assertThat(read.number("signal", 0)).isEqualTo(-9);
      assertThat(read.all()).containsExactly("a");
    }
  }

  @Test
  void lastValue_countsAndListsKeepAll() {
    Arguments read =
        LineReader.read(
            grammar, List.of("-s", "1", "-s", "2", "--env", "A=1", "--env=B=2", "--", "-a"));
    assertThat(read.value("signal", "")).isEqualTo("2");
    assertThat(read.values("env")).containsExactly("A=1", "B=2");
    assertThat(read.all()).containsExactly("-a");
  }

  @Test
  void mistakes_sayWhereHelpIs() {
    refused("missing argument NAME");
    refused("unexpected argument \"c\"", "a", "b", "c");
    refused("unknown option --no", "--no", "a");
    refused("unknown option -tx", "-tx", "a");
    refused("option --signal wants SIGNAL", "a", "--signal");
    refused("option --tty=maybe takes true or false", "--tty=maybe", "a");
  }

  @Test
  void help_needsNoArguments() {
    assertThat(LineReader.read(grammar, List.of("-h")).flag("help")).isTrue();
  }

  private void refused(String message, String... line) {
    assertThatThrownBy(() -> LineReader.read(grammar, List.of(line)))
        .isInstanceOf(UsageException.class)
        .hasMessage(message + "; see gantry x --help");
  }
}
