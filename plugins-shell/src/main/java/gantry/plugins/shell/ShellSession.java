// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection. Ends with its input, with {@code exit}, or when nothing came for too long. */
final class ShellSession implements AutoCloseable {
  static final String PROMPT = "g! ";

  private static final Logger LOG = LoggerFactory.getLogger(ShellSession.class);
  private static final Duration IDLE_MAX = Duration.ofMinutes(30);

  /** Who sends lines faster than that is a program, and programs want no prompt. */
  private static final Duration TYPING_MIN = Duration.ofMillis(200);

  private static final int LINES_AHEAD_MAX = 64;

  private final SocketChannel channel;
  private final CommandProcessor processor;
  private final BlockingQueue<Optional<String>> lines = new ArrayBlockingQueue<>(LINES_AHEAD_MAX);

  ShellSession(SocketChannel channel, CommandProcessor processor) {
    this.channel = channel;
    this.processor = processor;
  }

  /** Serves until the session ends. */
  void run() {
    Thread reader = Thread.ofVirtual().name("shell-input").start(this::read);
    try (PrintStream out =
            new PrintStream(Channels.newOutputStream(channel), true, StandardCharsets.UTF_8);
        CommandSession session =
            processor.createSession(Channels.newInputStream(channel), out, out)) {
      // Our install keeps the bundle for the next start; Gogo's own does not.
      session.put("SCOPE", "gantry:felix:scr:*");
      String line = next(out);
      while (line != null && !line.equals("exit") && !line.equals("quit")) {
        execute(session, line, out);
        line = next(out);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      reader.interrupt();
      close();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("close shell session: {}", e.toString());
    }
  }

  private @Nullable String next(PrintStream out) throws InterruptedException {
    Optional<String> line = lines.poll(TYPING_MIN.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null) {
      out.print(PROMPT);
      out.flush();
      line = lines.poll(IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }
    return line == null ? null : line.map(String::strip).orElse(null);
  }

  private static void execute(CommandSession session, String line, PrintStream out) {
    if (line.isEmpty() || line.startsWith("#")) {
      return;
    }
    try {
      Object result = session.execute(line);
      if (result != null) {
        out.println(session.format(result, Converter.INSPECT));
      }
    } catch (Exception e) {
      // Whatever a command throws is the answer to its user.
      out.println("error: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
    }
    out.flush();
  }

  /** The channel stays open at the end of input: answers may have to go out yet. */
  private void read() {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.put(Optional.of(line));
      }
      lines.put(Optional.empty());
    } catch (IOException e) {
      if (!lines.offer(Optional.empty())) {
        LOG.debug("shell session lost: {}", e.toString());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
