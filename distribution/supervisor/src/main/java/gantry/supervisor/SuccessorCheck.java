// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.FailedPreconditionException;
import gantry.linux.Fd;
import gantry.linux.Open;
import gantry.linux.PidWatcher;
import gantry.linux.Processes;
import gantry.linux.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out whether a program can take over before anything depends on it: run with {@code --check}
 * it starts, loads what it needs, and says which form of {@link HandOverFile} it reads.
 */
final class SuccessorCheck {
  /** What the program is run with. */
  static final String ARGUMENT = "--check";

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String ANSWER = "hand-over " + HandOverFile.FORM + " ";

  private final PidWatcher exits;
  private final Path scratch;

  SuccessorCheck(PidWatcher exits, Path scratch) {
    this.exits = exits;
    this.scratch = scratch;
  }

  /** What a program that is fit says. */
  static String answer(String version) {
    return ANSWER + version;
  }

  /**
   * Checks one.
   *
   * @return its version, may be empty
   * @throws FailedPreconditionException if it is not fit
   */
  String of(Path program) throws IOException, InterruptedException {
    Path output = Files.createTempFile(scratch, "check", "");
    try (Fd in = Fd.open(Path.of("/dev/null"), Open.READ);
        Fd out = Fd.open(output, Open.WRITE, Open.APPEND)) {
      int pid = new Spawn(program, List.of(ARGUMENT)).descriptors(List.of(in, out, out)).start();
      int status = await(pid, program);
      String text = Files.readString(output).strip();
      if (status != 0 || !(text + " ").startsWith(ANSWER)) {
        throw unfit(program, "it ends with status %d and says: %s".formatted(status, text));
      }
      return text.substring(Math.min(ANSWER.length(), text.length()));
    } catch (IOException e) {
      throw unfit(program, String.valueOf(e.getMessage()));
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private int await(int pid, Path program) throws IOException, InterruptedException {
    var end = exits.watch(pid);
    try {
      return end.get(LIMIT.toSeconds(), TimeUnit.SECONDS).status().orElse(-1);
    } catch (TimeoutException e) {
      Processes.kill(pid, Processes.SIGKILL);
      throw unfit(program, "it does not end within " + LIMIT);
    } catch (ExecutionException e) {
      throw new IOException("wait for " + program, e);
    }
  }

  private static FailedPreconditionException unfit(Path program, String reason) {
    return new FailedPreconditionException(
        "upgrade supervisor: %s cannot take over: %s; the old version goes on"
            .formatted(program, reason));
  }
}
