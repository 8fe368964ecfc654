// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import gantry.cli.shell.ShellConnection.End;
import gantry.errors.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lines and their answers. A shell that is replaced says so and does not execute the line; it is
 * then told to the next one. A connection that broke off is made again for the next line. Used by
 * one thread, but for {@link #abandon}.
 */
final class ShellLink implements AutoCloseable {
  /** Replacements in a row after which something is wrong. */
  private static final int TRIES_MAX = 5;

  private final Path socket;
  private volatile @Nullable ShellConnection connection;

  private ShellLink(Path socket, ShellConnection connection) {
    this.socket = socket;
    this.connection = connection;
  }

  /** Connects; failures as of {@link ShellConnection#open}. */
  static ShellLink open(Path socket) throws IOException {
    return new ShellLink(socket, ShellConnection.open(socket));
  }

  /** Has a line executed; false if it failed. What is no command is done at once. */
  boolean execute(String line, OutputStream out) throws IOException {
    if (line.isBlank() || line.startsWith("#")) {
      return true;
    }
    for (int i = 0; i < TRIES_MAX; i++) {
      End end = executeOnce(line, out);
      if (end != End.NOT_TAKEN) {
        return end == End.DONE;
      }
      close();
    }
    throw new UnavailableException(
        "shell %s: it is replaced over and over and takes no line".formatted(socket));
  }

  private End executeOnce(String line, OutputStream out) throws IOException {
    ShellConnection open = connection();
    try {
      return open.execute(line, out);
    } catch (UnavailableException lost) {
      close();
      throw lost;
    }
  }

  /** What may stand at the end of what was typed; nothing if the shell cannot tell. */
  List<String> complete(String typed) {
    try {
      return connection().complete(typed);
    } catch (UnavailableException | IOException lost) {
      return List.of();
    }
  }

  /** Ends the waiting for an answer, from another thread. The daemon goes on with the line. */
  void abandon() {
    ShellConnection open = connection;
    try {
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ShellConnection connection() throws IOException {
    ShellConnection open = connection;
    if (open == null) {
      open = ShellConnection.open(socket);
      connection = open;
    }
    return open;
  }

  @Override
  public void close() throws IOException {
    ShellConnection open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }
}
