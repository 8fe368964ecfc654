// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.cli.command.Console;
import gantry.cli.command.Program;
import gantry.cli.command.Word;
import gantry.errors.UnavailableException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Standard input of a test is no terminal, so without a line the lines come from a pipe. */
@Timeout(60)
final class ShellCommandTest {
  private static final List<String> HELLO = List.of("hello\n\0status 0\n");

  @TempDir Path dir;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private FakeShell shell(Map<String, List<String>> answers) throws IOException {
    return new FakeShell(dir.resolve("s"), answers);
  }

  private int gantry(FakeShell shell, String input, String... line) {
    Console console =
        new Console(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    List<String> words = new ArrayList<>();
    words.addAll(List.of("shell", "--socket", shell.path().toString()));
    words.addAll(List.of(line));
    return new Program(List.of(Word.leaf("shell", "shell", ShellCommand::new)), console, Map.of())
        .run(words);
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void oneLine_isPrintedAndSaysHowItEnded() throws Exception {
    try (FakeShell shell = shell(Map.of("greet you", HELLO))) {
      assertThat(gantry(shell, "", "greet", "you")).isZero();
      assertThat(printed()).isEqualTo("hello\n");
      assertThat(gantry(shell, "", "nonsense --flag")).isEqualTo(1);
      assertThat(printed()).endsWith("error: nonsense --flag\n");
    }
  }

  @Test
  void linesOfAPipe_areAllTried() throws Exception {
    try (FakeShell shell = shell(Map.of("a", HELLO, "c", HELLO))) {
      assertThat(gantry(shell, "a\n\n# nothing\nb\nc\nexit\na\n")).isEqualTo(1);
      assertThat(printed()).isEqualTo("hello\nerror: b\nhello\n");
      assertThat(shell.lines()).containsExactly("a", "b", "c");
      assertThat(gantry(shell, "a\n")).isZero();
    }
  }

  @Test
  void shellThatIsReplaced_isToldTheLineAgain() throws Exception {
    try (FakeShell shell = shell(Map.of("a", List.of(FakeShell.BYE, HELLO.getFirst())))) {
      assertThat(gantry(shell, "", "a")).isZero();
      assertThat(printed()).isEqualTo("hello\n");
      assertThat(shell.lines()).containsExactly("a", "a");
    }
  }

  @Test
  void shellThatIsReplacedOverAndOver_isGivenUp() throws Exception {
    try (FakeShell shell = shell(Map.of("a", List.of(FakeShell.BYE)))) {
      assertThat(gantry(shell, "", "a")).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("over and over");
    }
  }

  @Test
  void answerThatBreaksOff_isNotRepeated() throws Exception {
    try (FakeShell shell = shell(Map.of("a", List.of("half\n\0")));
        ShellLink link = ShellLink.open(shell.path())) {
      Thread.ofVirtual().start(() -> closeQuietly(link, shell));
      assertThatThrownBy(() -> link.execute("a", OutputStream.nullOutputStream()))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("may have been executed");
      assertThat(shell.lines()).containsExactly("a");
    }
  }

  private static void closeQuietly(ShellLink link, FakeShell shell) {
    try {
      while (shell.lines().isEmpty()) {
        Thread.onSpinWait();
      }
      link.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void otherVersion_isNamed() throws Exception {
    try (FakeShell shell = shell(Map.of("", List.of("g! ")))) {
      assertThat(gantry(shell, "", "a")).isEqualTo(1);
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("of another version");
      assertThat(shell.lines()).isEmpty();
    }
  }

  @Test
  void completions_areWhatTheDaemonSays() throws Exception {
    try (FakeShell shell =
            shell(Map.of("#?complete plugins w", List.of("why\twhy it is so\n\0status 0\n")));
        ShellLink link = ShellLink.open(shell.path())) {
      assertThat(link.complete("plugins w")).containsExactly("why\twhy it is so");
    }
  }

  @Test
  void history_liesWhereTheEnvironmentSays() {
    assertThat(LineEditor.history(Map.of("XDG_STATE_HOME", "/x", "HOME", "/h")))
        .isEqualTo(Path.of("/x/gantry/shell_history"));
    assertThat(LineEditor.history(Map.of("HOME", "/h")))
        .isEqualTo(Path.of("/h/.local/state/gantry/shell_history"));
    assertThat(LineEditor.history(Map.of("XDG_STATE_HOME", "relative", "HOME", "/h")))
        .isEqualTo(Path.of("/h/.local/state/gantry/shell_history"));
  }
}
