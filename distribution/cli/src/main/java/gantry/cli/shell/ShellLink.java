// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import gantry.cli.shell.ShellConnection.End;
import gantry.errors.UnavailableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * Lines and their answers. A shell that is replaced says so and does not execute the line; it is
 * then told to the next one. Used by one thread.
 */
final class ShellLink implements AutoCloseable {
  /** Replacements in a row after which something is wrong. */
  private static final int TRIES_MAX = 5;

  private final Path socket;
  private ShellConnection connection;

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
      End end = connection.execute(line, out);
      if (end != End.NOT_TAKEN) {
        return end == End.DONE;
      }
      again();
    }
    throw new UnavailableException(
        "shell %s: it is replaced over and over and takes no line".formatted(socket));
  }

  /** What may stand at the end of what was typed; nothing if the shell cannot tell. */
  List<String> complete(String typed) {
    try {
      return connection.complete(typed);
    } catch (UnavailableException lost) {
      return List.of();
    }
  }

  private void again() throws IOException {
    connection.close();
    connection = ShellConnection.open(socket);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
