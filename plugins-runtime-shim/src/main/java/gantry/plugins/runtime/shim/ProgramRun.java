// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.ByteString;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.UnknownException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One run of a program: what it is told, and how much of what it says is kept. What exceeds that is
 * read and thrown away, so that the program is never held up.
 *
 * @param words program and arguments
 * @param input its standard input
 * @param limit after which it is killed, with all it has started
 */
record ProgramRun(
    List<String> words,
    Path directory,
    Map<String, String> environment,
    ByteString input,
    Duration limit) {
  private static final int OUTPUT_MAX = 1 << 20;

  /** Somebody whom the program has started may hold its output open for ever. */
  private static final Duration AFTER_EXIT = Duration.ofSeconds(1);

  /** What came of it. */
  record Result(int status, ByteString output, ByteString errors) {
    /** What it said last, for a message: its errors if there are any. */
    String words() {
      String said = errors.toStringUtf8().strip();
      return said.isEmpty() ? output.toStringUtf8().strip() : said;
    }
  }

  /**
   * Runs it.
   *
   * @throws DeadlineExceededException if it took too long
   * @throws UnknownException if it cannot be started
   */
  Result run() {
    Process process = start();
    try {
      Thread.ofVirtual().name("shim-input").start(() -> feed(process.getOutputStream()));
      Sink output = new Sink(process.getInputStream());
      Sink errors = new Sink(process.getErrorStream());
      Thread first = Thread.ofVirtual().name("shim-output").start(output);
      Thread second = Thread.ofVirtual().name("shim-errors").start(errors);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new DeadlineExceededException(
            "run %s: it has not ended after %s and was killed: %s"
                .formatted(words.getFirst(), limit, errors.text()));
      }
      if (first.join(AFTER_EXIT)) {
        second.join(AFTER_EXIT);
      }
      return new Result(process.exitValue(), output.bytes(), errors.bytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("run %s: interrupted".formatted(words.getFirst()), e);
    } finally {
      end(process);
    }
  }

  private Process start() {
    ProcessBuilder builder = new ProcessBuilder(words).directory(directory.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UnknownException("run %s: %s".formatted(words.getFirst(), e.getMessage()), e);
    }
  }

  /** One that ended by itself may leave a daemon behind: that is what shims are for. */
  private static void end(Process process) {
    if (process.isAlive()) {
      try (Stream<ProcessHandle> started = process.descendants()) {
        started.forEach(ProcessHandle::destroyForcibly);
      }
      process.destroyForcibly();
    }
  }

  private void feed(OutputStream target) {
    try (target) {
      input.writeTo(target);
    } catch (IOException e) {
      // it need not read what it is told
      return;
    }
  }

  /** Keeps the beginning of a stream. */
  private static final class Sink implements Runnable {
    private final InputStream source;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    Sink(InputStream source) {
      this.source = source;
    }

    @Override
    public void run() {
      byte[] buffer = new byte[1 << 13];
      try (source) {
        int count = source.read(buffer);
        while (count >= 0) {
          keep(buffer, count);
          count = source.read(buffer);
        }
      } catch (IOException e) {
        // killed while it wrote; what was said before counts
        return;
      }
    }

    private synchronized void keep(byte[] buffer, int count) {
      kept.write(buffer, 0, Math.min(count, OUTPUT_MAX - kept.size()));
    }

    synchronized ByteString bytes() {
      return ByteString.copyFrom(kept.toByteArray());
    }

    String text() {
      return bytes().toStringUtf8().strip();
    }
  }
}
