// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import gantry.errors.GantryException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Sized;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * A person at a terminal: lines with editing, history and completion. Ctrl-C drops a line or the
 * wait for its answer, Ctrl-D leaves.
 */
final class LineEditor {
  private static final String PROMPT = "g! ";

  /** The size of a terminal that does not know its own, as one behind a serial line. */
  private static final Sized USUAL = Size.of(80, 24);

  private static final Set<String> LEAVING = Set.of("exit", "quit");

  private final ShellLink link;
  private final PrintStream out;
  private final Path history;

  LineEditor(ShellLink link, PrintStream out, Path history) {
    this.link = link;
    this.out = out;
    this.history = history;
  }

  /** Where lines are kept: {@code $XDG_STATE_HOME}, or {@code ~/.local/state} without it. */
  static Path history(Map<String, String> environment) {
    String state = environment.getOrDefault("XDG_STATE_HOME", "");
    Path directory =
        state.startsWith("/")
            ? Path.of(state)
            : Path.of(environment.getOrDefault("HOME", "/"), ".local", "state");
    return directory.resolve("gantry").resolve("shell_history");
  }

  /** Serves until the person leaves. */
  void run() throws IOException {
    keepPrivate();
    try (Terminal terminal =
        TerminalBuilder.builder().system(true).jni(false).nativeSignals(true).build()) {
      if (terminal.getColumns() <= 0 || terminal.getRows() <= 0) {
        terminal.setSize(USUAL);
      }
      LineReader reader =
          LineReaderBuilder.builder()
              .terminal(terminal)
              .appName("gantry")
              .completer(this::complete)
              .variable(LineReader.HISTORY_FILE, history)
              .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
              .build();
      while (true) {
        try {
          String line = reader.readLine(PROMPT).strip();
          if (LEAVING.contains(line)) {
            return;
          }
          execute(line, terminal);
        } catch (UserInterruptException dropped) {
          // the next prompt says enough
        } catch (EndOfFileException left) {
          return;
        }
      }
    }
  }

  /**
   * A daemon that is gone may come back while the person thinks. Ctrl-C stops waiting, not the
   * line.
   */
  private void execute(String line, Terminal terminal) throws IOException {
    Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> link.abandon());
    try {
      link.execute(line, out);
    } catch (GantryException failed) {
      out.println("error: " + failed.getMessage());
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
    }
    out.flush();
  }

  /** Lines may have names in them that are nobody else's business. */
  private void keepPrivate() throws IOException {
    Path directory = history.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    if (!Files.exists(history)) {
      Files.createFile(
          history,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("rw-------"));
  }

  private void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    for (String found : link.complete(line.line().substring(0, line.cursor()))) {
      String[] parts = found.split("\t", 2);
      boolean isWhole = !parts[0].endsWith("/");
      candidates.add(
          new Candidate(
              parts[0], parts[0], null, parts.length > 1 ? parts[1] : null, null, null, isWhole));
    }
  }
}
