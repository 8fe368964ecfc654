// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection. Ends with its input, with {@code exit}, when nothing came for too long, or when
 * the shell gives way to another version of itself.
 */
final class ShellSession {
  static final String PROMPT = "g! ";

  private static final Set<String> LEAVING = Set.of("exit", "quit");

  private static final Logger LOG = LoggerFactory.getLogger(ShellSession.class);
  private static final Duration IDLE_MAX = Duration.ofMinutes(30);

  /** Who sends lines faster than that is a program, and programs want no prompt. */
  private static final Duration TYPING_MIN = Duration.ofMillis(200);

  /** How long a line may go on after the shell gave way. */
  private static final Duration LAST_LINE_MAX = Duration.ofMinutes(10);

  private static final int LINES_AHEAD_MAX = 64;

  private final SocketChannel channel;
  private final CommandProcessor processor;
  private final Completions completions;
  private final BlockingQueue<Input> lines = new ArrayBlockingQueue<>(LINES_AHEAD_MAX);
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean ending;
  private volatile @Nullable Thread server;

  /** A line, or null for the end of all. */
  private record Input(@Nullable String line) {}

  ShellSession(SocketChannel channel, CommandProcessor processor, Completions completions) {
    this.channel = channel;
    this.processor = processor;
    this.completions = completions;
  }

  /** Serves until the session ends. */
  void run() {
    server = Thread.currentThread();
    Thread reader = Thread.ofVirtual().name("shell-input").start(this::read);
    Answers answers = new Answers(Channels.newOutputStream(channel));
    try (CommandSession session =
        processor.createSession(Channels.newInputStream(channel), answers.text(), answers.text())) {
      // Our words keep what they change for the next start; those of Gogo do not.
      session.put("SCOPE", "gantry:felix:scr:*");
      String line = next(answers);
      while (line != null && !LEAVING.contains(line.strip())) {
        serve(session, line, answers);
        line = next(answers);
      }
      if (ending) {
        answers.bye();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.countDown();
      reader.interrupt();
      close();
    }
  }

  /** Lets the session answer what it was sent and then end; in the end it is cut off. */
  void end() {
    ending = true;
    // who waits for a line is woken; if there is no room, there is a line
    boolean _ = lines.offer(new Input(""));
    Thread.ofVirtual().name("shell-end").start(this::cutOff);
  }

  private void cutOff() {
    try {
      if (!over.await(LAST_LINE_MAX.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("shell: a line goes on for too long after the shell gave way; it is cut off");
        close();
        Thread thread = server;
        if (thread != null) {
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("close shell session: {}", e.toString());
    }
  }

  private @Nullable String next(Answers answers) throws InterruptedException {
    Input input = ending ? lines.poll() : typed(answers);
    return input == null ? null : input.line();
  }

  private @Nullable Input typed(Answers answers) throws InterruptedException {
    if (answers.isMarked()) {
      return lines.poll(IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS);
    }
    Input input = lines.poll(TYPING_MIN.toMillis(), TimeUnit.MILLISECONDS);
    if (input != null) {
      return input;
    }
    answers.text().print(PROMPT);
    answers.text().flush();
    return lines.poll(IDLE_MAX.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void serve(CommandSession session, String line, Answers answers) {
    if (line.equals(Answers.OPENING)) {
      answers.open();
    } else if (answers.isMarked() && line.startsWith(Answers.COMPLETE)) {
      String typed = line.substring(Answers.COMPLETE.length());
      completions.of(session, typed).forEach(answers.text()::println);
      answers.status(true);
    } else if (!line.isBlank() && !line.startsWith("#")) {
      answers.status(execute(session, line.strip(), answers));
    }
  }

  private static boolean execute(CommandSession session, String line, Answers answers) {
    try {
      Object result = session.execute(line);
      if (result != null) {
        answers.text().println(session.format(result, Converter.INSPECT));
      }
      return true;
    } catch (Exception e) {
      // Whatever a command throws is the answer to its user.
      answers.text().println("error: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
      return false;
    } finally {
      answers.text().flush();
    }
  }

  /** The channel stays open at the end of input: answers may have to go out yet. */
  private void read() {
    BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.put(new Input(line));
      }
      lines.put(new Input(null));
    } catch (IOException e) {
      if (!lines.offer(new Input(null))) {
        LOG.debug("shell session lost: {}", e.toString());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
