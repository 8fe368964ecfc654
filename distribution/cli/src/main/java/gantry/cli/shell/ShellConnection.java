// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import gantry.errors.FailedPreconditionException;
import gantry.errors.UnavailableException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connection on which the daemon says how each line ended: between texts it sends marks, a zero
 * byte and a line. Used by one thread.
 */
final class ShellConnection implements AutoCloseable {
  private static final String OPENING = "#!gantry 1";
  private static final String READY = "ready 1";
  private static final String COMPLETE = "#?complete ";
  private static final int MARK_MAX = 100;

  private final Path socket;
  private final SocketChannel channel;
  private final InputStream in;

  private ShellConnection(Path socket, SocketChannel channel) {
    this.socket = socket;
    this.channel = channel;
    this.in = new BufferedInputStream(Channels.newInputStream(channel));
  }

  /** How a line ended. */
  enum End {
    DONE,
    FAILED,
    /** It was not executed: the shell is being replaced. */
    NOT_TAKEN
  }

  /**
   * Connects.
   *
   * @throws UnavailableException if nobody answers
   * @throws FailedPreconditionException if somebody answers who does not know marks
   */
  static ShellConnection open(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    ShellConnection connection = new ShellConnection(socket, channel);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      connection.greet();
      return connection;
    } catch (IOException refused) {
      channel.close();
      throw new UnavailableException(
          "open shell %s: %s"
              .formatted(socket, String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT)),
          refused);
    } catch (RuntimeException failed) {
      channel.close();
      throw failed;
    }
  }

  private void greet() throws IOException {
    send(OPENING);
    int first = in.read();
    if (first < 0) {
      throw new UnavailableException(
          "open shell %s: it ended the session at once; has it too many?".formatted(socket));
    }
    if (first != 0 || !mark().equals(READY)) {
      throw new FailedPreconditionException(
          "open shell %s: it is of another version; use the gantry that came with the daemon"
              .formatted(socket));
    }
  }

  /**
   * Has a line executed.
   *
   * @param out gets the text as it comes
   * @throws UnavailableException if the connection ends before the answer does
   */
  End execute(String line, OutputStream out) {
    try {
      send(line);
    } catch (IOException gone) {
      // why it is gone was said before; what was said last is still to be read
    }
    try {
      for (int next = in.read(); next > 0; next = in.read()) {
        out.write(next);
        if (in.available() == 0) {
          out.flush();
        }
      }
      out.flush();
      return switch (mark()) {
        case "status 0" -> End.DONE;
        case "status 1" -> End.FAILED;
        case "bye" -> End.NOT_TAKEN;
        default -> throw lost(null);
      };
    } catch (IOException lost) {
      throw lost(lost);
    }
  }

  /** What may stand at the end of what was typed: a word, and after a tab what it means. */
  List<String> complete(String typed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    End end = execute(COMPLETE + typed, out);
    return end == End.DONE ? out.toString(StandardCharsets.UTF_8).lines().toList() : List.of();
  }

  private void send(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** The rest of a mark; empty if the connection ended. */
  private String mark() throws IOException {
    StringBuilder mark = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (mark.length() < MARK_MAX) {
        mark.append((char) next);
      }
    }
    return mark.toString();
  }

  private UnavailableException lost(@Nullable IOException cause) {
    return new UnavailableException(
        "shell %s: the connection ended before the answer; the line may have been executed"
            .formatted(socket),
        cause);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
