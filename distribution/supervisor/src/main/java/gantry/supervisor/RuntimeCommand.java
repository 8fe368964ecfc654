// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.Fd;
import gantry.linux.Open;
import gantry.linux.PidWatcher;
import gantry.linux.Processes;
import gantry.linux.Spawn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of the OCI runtime; ends when it does or its time is up, whichever comes first. */
final class RuntimeCommand {
  private static final Logger LOG = LoggerFactory.getLogger(RuntimeCommand.class);
  private static final Duration REAPING = Duration.ofSeconds(5);
  private static final int OUTPUT_MAX = 1 << 20;

  private final PidWatcher exits;
  private final Path program;
  private final Path directory;

  /**
   * Prepares one.
   *
   * @param directory for its log and output while it runs
   */
  RuntimeCommand(PidWatcher exits, Path program, Path directory) {
    this.exits = exits;
    this.program = program;
    this.directory = directory;
  }

  /**
   * How it ended.
   *
   * @param output what it printed, if that was kept
   * @param error its last word of failure, may be empty
   */
  record Result(int status, String output, String error) {}

  Path program() {
    return program;
  }

  /** Runs it with nothing to read; what it prints is returned. */
  Result run(List<String> global, List<String> arguments, Duration timeout)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", "");
    try (Fd in = Fd.open(Path.of("/dev/null"), Open.READ);
        Fd out = Fd.open(output, Open.WRITE)) {
      Result result = run(global, arguments, List.of(in, out, out), timeout);
      String text = read(output);
      String error = result.error().isEmpty() ? text.strip() : result.error();
      return new Result(result.status(), text, error);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** Runs it with these descriptors as its own. */
  Result run(List<String> global, List<String> arguments, List<Fd> descriptors, Duration timeout)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(directory, "log", ".json");
    try {
      List<String> all = new ArrayList<>(global);
      all.addAll(List.of("--log", log.toString(), "--log-format", "json"));
      all.addAll(arguments);
      // a session of its own, so that the time limit can end whatever it has started
      Spawn spawn = new Spawn(program, all).newSession().descriptors(descriptors);
      int pid = spawn.start();
      unprotect(pid);
      int status = await(pid, arguments.getFirst(), timeout);
      return new Result(status, "", lastError(log));
    } finally {
      Files.deleteIfExists(log);
    }
  }

  /**
   * The supervisor is the last the kernel kills for want of memory, and children inherit that: a
   * container that eats all memory must not. The runtime has yet to load when this happens, so the
   * container's processes are made after it; a specification that says otherwise still has its way.
   */
  private static void unprotect(int pid) {
    try {
      Files.writeString(Path.of("/proc", Integer.toString(pid), "oom_score_adj"), "0");
    } catch (IOException e) {
      LOG.debug("process {} keeps its oom_score_adj: {}", pid, e.toString());
    }
  }

  private int await(int pid, String what, Duration timeout)
      throws IOException, InterruptedException {
    CompletableFuture<PidWatcher.End> end = exits.watch(pid);
    try {
      return end.get(timeout.toMillis(), TimeUnit.MILLISECONDS).status().orElse(255);
    } catch (TimeoutException e) {
      kill(pid);
      collect(end);
      throw new IOException(
          "run %s %s: no answer within %d s, killed"
              .formatted(program.getFileName(), what, timeout.toSeconds()),
          e);
    } catch (ExecutionException e) {
      throw new IOException("run " + program + ": cannot be waited for", e);
    }
  }

  private static void kill(int pid) throws IOException {
    try {
      Processes.kill(-pid, Processes.SIGKILL);
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH)) {
        throw e;
      }
    }
  }

  private static void collect(CompletableFuture<PidWatcher.End> end)
      throws InterruptedException, IOException {
    try {
      end.get(REAPING.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("runtime does not die", e);
    }
  }

  private static String read(Path file) throws IOException {
    if (Files.size(file) > OUTPUT_MAX) {
      throw new IOException("read output of runtime: longer than " + OUTPUT_MAX + " bytes");
    }
    return Files.readString(file);
  }

  private static String lastError(Path log) throws IOException {
    String last = "";
    for (String line : Files.readAllLines(log)) {
      try {
        Object entry = Json.parse(line);
        if ("error".equals(Json.at(entry, "level"))) {
          last = Json.at(entry, "msg").toString().strip();
        }
      } catch (IOException e) {
        // a runtime that ignores the log format: its own words are better than none
        last = line.strip();
      }
    }
    return last;
  }
}
