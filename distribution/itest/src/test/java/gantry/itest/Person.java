// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Runs a command at a terminal of its own, which {@code script} makes. */
final class Person implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private final StringBuilder seen = new StringBuilder();
  private final String command;
  private final Process process;
  private final OutputStream keys;
  private final Thread eyes;
  private boolean over;

  Person(Daemon daemon, String command) throws IOException {
    this.command = command;
    ProcessBuilder builder =
        new ProcessBuilder(List.of("script", "-qefc", command, "/dev/null"))
            .redirectErrorStream(true);
    builder.environment().put("GANTRY_ADDRESS", daemon.address().toString());
    builder.environment().put("CONTAINERD_ADDRESS", daemon.address().toString());
    builder
        .environment()
        .put("PATH", Daemon.installed().resolve("bin") + ":" + System.getenv("PATH"));
    process = builder.start();
    keys = process.getOutputStream();
    Reader screen = new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1);
    eyes = Thread.ofPlatform().name("eyes").daemon().start(() -> look(screen));
  }

  private void look(Reader screen) {
    char[] buffer = new char[8192];
    try {
      for (int n = screen.read(buffer); n >= 0; n = screen.read(buffer)) {
        note(buffer, n, false);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      note(buffer, 0, true);
    }
  }

  private void note(char[] buffer, int length, boolean last) {
    lock.lock();
    try {
      seen.append(buffer, 0, length);
      over = last;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void type(String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.ISO_8859_1));
    keys.flush();
  }

  /** Waits until it is on the screen, or was. */
  void awaitSeen(String text) throws InterruptedException {
    awaitSeen(text, 0);
  }

  /** Waits until it comes, after so many characters. */
  void awaitSeen(String text, int after) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    int from = after;
    lock.lock();
    try {
      while (seen.indexOf(text, from) < 0) {
        assertThat(over || left <= 0).as("%s in %s of %s", text, tail(), command).isFalse();
        from = Math.max(after, seen.length() - text.length());
        left = more.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** All so far. */
  String seen() {
    lock.lock();
    try {
      return seen.toString();
    } finally {
      lock.unlock();
    }
  }

  private String tail() {
    return seen.substring(Math.max(0, seen.length() - 2000));
  }

  /** That of the command, which must end. */
  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .as("end of %s, which shows %s", command, seen())
        .isTrue();
    eyes.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
