// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs as a person at a shell would, each with a deadline. */
final class Shell {
  /** What a program printed and how it ended. */
  record Result(int exitCode, String output, String errors) {
    /** Both streams, for messages. */
    String all() {
      return output + errors;
    }
  }

  /** A program outlived its deadline. */
  static final class TimeoutError extends AssertionError {
    private static final long serialVersionUID = 1L;

    TimeoutError(String message) {
      super(message);
    }
  }

  private final Map<String, String> environment;
  private final Duration deadline;

  Shell(Map<String, String> environment, Duration deadline) {
    this.environment = Map.copyOf(environment);
    this.deadline = deadline;
  }

  /** Runs a program; a program that outlives the deadline is killed and fails the test. */
  Result run(List<String> command) {
    try {
      Path out = Files.createTempFile("gantry-itest", ".out");
      Path err = Files.createTempFile("gantry-itest", ".err");
      try {
        return run(command, out, err);
      } finally {
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a snippet of bash. */
  Result bash(String script) {
    return run(List.of("bash", "-c", script));
  }

  /** Begins a snippet of bash whose end the caller awaits; what it prints is dropped. */
  Process start(String script) {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Streams go to files: a daemonised grandchild that keeps a pipe open must not stall the test.
  private Result run(List<String> command, Path out, Path err) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!await(process)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new TimeoutError(
          "%s did not end within %s; output so far: %s%s"
              .formatted(command, deadline, text(out), text(err)));
    }
    return new Result(process.exitValue(), text(out), text(err));
  }

  private boolean await(Process process) {
    try {
      return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a program", e);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
