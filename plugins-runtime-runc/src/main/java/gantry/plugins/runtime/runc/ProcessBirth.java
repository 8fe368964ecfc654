// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.PidFd;
import gantry.linux.Poll;
import gantry.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One process for ever: its number may be given to another, but not its start in the kernel's ticks
 * too ({@code proc_pid_stat(5)}, field 22).
 */
record ProcessBirth(int pid, long ticks) {
  private static final Duration DEATH = Duration.ofSeconds(20);

  /** The process that has a number now; empty if there is none, or only the zombie of one. */
  static Optional<ProcessBirth> of(int pid) {
    String stat;
    try {
      stat = Files.readString(Path.of("/proc", Integer.toString(pid), "stat"));
    } catch (IOException e) {
      // it ended
      return Optional.empty();
    }
    // The name in parentheses may hold anything, so from its end.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return fields[0].equals("Z") || fields[0].equals("X")
        ? Optional.empty()
        : Optional.of(new ProcessBirth(pid, Long.parseLong(fields[19])));
  }

  /** Reads what {@link #toString} wrote. */
  static ProcessBirth parse(String text) {
    int at = text.indexOf('@');
    try {
      return new ProcessBirth(
          Integer.parseInt(text.substring(0, Math.max(0, at))),
          Long.parseLong(text.substring(at + 1)));
    } catch (NumberFormatException e) {
      throw new InvalidArgumentException("process \"%s\": want pid@start".formatted(text), e);
    }
  }

  boolean isAlive() {
    return of(pid).filter(this::equals).isPresent();
  }

  /** When it started, as far as the host tells. */
  @Nullable Instant started() {
    return ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant()).orElse(null);
  }

  /** Its name in {@code ps}. */
  String command() {
    try {
      return Files.readString(Path.of("/proc", Integer.toString(pid), "comm")).strip();
    } catch (IOException e) {
      return "?";
    }
  }

  /**
   * Kills exactly this process and waits until it is dead. No error if it is.
   *
   * @throws FailedPreconditionException if it does not die
   */
  void kill() throws IOException {
    try (PidFd process = PidFd.open(pid)) {
      // The descriptor stays with the process, so a look after it was opened is a look at the same.
      if (!isAlive()) {
        return;
      }
      process.signal(Processes.SIGKILL);
      if (Poll.await(process.fd(), Poll.READABLE, DEATH) == 0) {
        throw new FailedPreconditionException(
            "kill process %d: it does not end in %d s".formatted(pid, DEATH.toSeconds()));
      }
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  @Override
  public String toString() {
    return pid + "@" + ticks;
  }
}
