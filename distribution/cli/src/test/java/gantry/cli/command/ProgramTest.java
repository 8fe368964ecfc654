// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ProgramTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<String> seen = new ArrayList<>();

  /** Says what it was given. */
  private final class Probe implements Command {
    @Override
    public void grammar(Grammar grammar) {
      grammar
          .flag("quiet q", "100% quiet")
          .value("depth", "N", "how deep")
          .values("env", "KEY=VALUE", "variables")
          .listing()
          .argument("NAME", "a name")
          .arguments("REST", 0, Integer.MAX_VALUE, "the rest")
          .argumentsLast();
    }

    @Override
    public int run(Invocation invocation) {
      Arguments arguments = invocation.arguments();
      seen.add(
          "%s %s %s %s %s %s json=%s"
              .formatted(
                  arguments.all(),
                  arguments.flag("quiet"),
                  arguments.number("depth", -1),
                  arguments.values("env"),
                  invocation.settings().address(),
                  invocation.settings().namespace(),
                  invocation.json()));
      return 5;
    }
  }

  /** Fails. */
  private static final class Failing implements Command {
    @Override
    public void grammar(Grammar grammar) {
      // takes nothing
    }

    @Override
    public int run(Invocation invocation) {
      throw new IllegalStateException("two\nlines");
    }
  }

  @Test
  void command_getsOptionsAndArguments() {
    assertThat(
            run(
                Map.of(),
                "-n",
                "ns",
                "-a",
                "/s",
                "things",
                "probe",
                "-q",
                "--depth",
                "3",
                "--env",
                "A=1",
                "--env",
                "B=2,3",
                "x",
                "--not-ours",
                "-z"))
        .isEqualTo(5);
    assertThat(seen).containsExactly("[x, --not-ours, -z] true 3 [A=1, B=2,3] /s ns json=false");
  }

  @Test
  void environment_isTheDefaultAndOptionsWin() {
    run(
        Map.of("CONTAINERD_ADDRESS", "unix:///c", "CONTAINERD_NAMESPACE", "e"),
        "things",
        "probe",
        "x");
    run(Map.of("CONTAINERD_ADDRESS", "/c", "GANTRY_ADDRESS", "/g"), "things", "probe", "x");
    run(Map.of(), "--output", "json", "things", "p", "x");
    assertThat(seen)
        .containsExactly(
            "[x] false -1 [] /c e json=false",
            "[x] false -1 [] /g default json=false",
            "[x] false -1 [] /run/gantry/gantry.sock default json=true");
  }

  @Test
  void joinedOptionBeforeTheWordItBelongsTo_isCarried() {
    run(Map.of(), "things", "--depth=7", "probe", "x");
    assertThat(seen.getFirst()).startsWith("[x] false 7");
  }

  @Test
  void version_needsNoCommand() {
    assertThat(run(Map.of(), "--version")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("gantry ");
  }

  @Test
  void optionBeforeTheWordItBelongsTo_isCarried() {
    run(Map.of(), "things", "--depth", "7", "probe", "x");
    assertThat(seen.getFirst()).startsWith("[x] false 7");
  }

  @Test
  void mistakes_areOneLineAndExitAsCtrDoes() {
    assertThat(run(Map.of(), "thing")).isEqualTo(3);
    assertThat(run(Map.of(), "things", "prob", "x")).isEqualTo(3);
    assertThat(run(Map.of(), "things", "probe")).isEqualTo(1);
    assertThat(run(Map.of(), "things", "probe", "--depth", "deep", "x")).isEqualTo(1);
    assertThat(run(Map.of(), "--output", "xml", "things", "probe", "x")).isEqualTo(1);
    assertThat(run(Map.of(), "things", "probe", "--nosuch", "x")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .hasSize(6)
        .allMatch(line -> line.startsWith("gantry: "))
        .anyMatch(line -> line.contains("unknown command \"thing\""))
        .anyMatch(line -> line.contains("--depth deep: want a whole number"))
        .anyMatch(line -> line.contains("see gantry things probe --help"));
    assertThat(seen).isEmpty();
  }

  @Test
  void failure_isOneLineAndExitOneAndATraceOnlyWithDebug() {
    assertThat(run(Map.of(), "fail")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("gantry: two lines\n");
    run(Map.of(), "--debug", "fail");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\tat gantry.cli");
  }

  @Test
  void help_listsWordsAndOptions() {
    assertThat(run(Map.of())).isZero();
    assertThat(run(Map.of(), "help")).isZero();
    assertThat(run(Map.of(), "things")).isZero();
    assertThat(run(Map.of(), "things", "help")).isZero();
    assertThat(run(Map.of(), "things", "probe", "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("things, thg    things to do")
        .contains("probe, p    probes")
        .contains("100% quiet");
  }

  private int run(Map<String, String> environment, String... line) {
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    List<Word> words =
        List.of(
            Word.branch(
                    "things thg",
                    "things to do",
                    () -> List.of(Word.leaf("probe p", "probes", Probe::new)))
                .carrying("--depth"),
            Word.leaf("fail", "fails", Failing::new));
    return new Program(words, console, environment).run(List.of(line));
  }
}
