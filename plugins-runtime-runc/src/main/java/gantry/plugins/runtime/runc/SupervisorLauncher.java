// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.UnavailableException;
import gantry.linux.Fd;
import gantry.linux.Open;
import gantry.linux.PidFd;
import gantry.linux.Spawn;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the supervisor so that it outlives this process: a session of its own, none of this
 * process's descriptors, last in line when memory runs out.
 */
final class SupervisorLauncher {
  private static final Logger LOG = LoggerFactory.getLogger(SupervisorLauncher.class);
  private static final Pattern DAEMONS_OWN =
      Pattern.compile("NOTIFY_SOCKET|WATCHDOG_.*|LISTEN_.*|GANTRY_AOT_OUTPUT");

  /** For the supervisor: how many seconds commands of runc may take. */
  private static final String LIMITS = "GANTRY_RUNTIME_LIMITS";

  private static final long LOG_MAX = 4 << 20;
  private static final Duration RECHECK = Duration.ofMillis(200);

  private final SupervisorLayout layout;
  private final int oomScore;
  private final TimeLimits limits;

  /**
   * Prepares.
   *
   * @param oomScore {@code oom_score_adj} of the supervisor, -1000 to 1000; lowering it needs a
   *     privilege and is done where possible
   * @param limits how long the supervisor's commands may take
   */
  SupervisorLauncher(SupervisorLayout layout, int oomScore, TimeLimits limits) {
    this.limits = limits;
    this.layout = layout;
    this.oomScore = oomScore;
  }

  /**
   * Starts it and waits until it serves.
   *
   * @param serves asks whether it does
   * @throws UnavailableException if the program is missing, ended at once or is too slow
   */
  void start(BooleanSupplier serves, Duration limit) throws IOException, InterruptedException {
    if (!Files.isExecutable(layout.program())) {
      throw new UnavailableException(
          "start supervisor: no program %s; is the installation complete?"
              .formatted(layout.program()));
    }
    Files.createDirectories(layout.state());
    Files.createDirectories(layout.runtimeRoot());
    reapPrevious();
    try (WatchService watch = layout.socket().getFileSystem().newWatchService()) {
      layout
          .socket()
          .resolveSibling(".")
          .normalize()
          .register(
              watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      try (PidFd process = spawn()) {
        LOG.info("supervisor started as process {}", process.pid());
        protect(process.pid());
        awaitService(process, serves, watch, limit);
      }
    }
  }

  private void awaitService(
      PidFd process, BooleanSupplier serves, WatchService watch, Duration limit)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!serves.getAsBoolean()) {
      Optional<Integer> status = process.reap();
      // One that ended may have lost a race against another that serves by now.
      if (status.isPresent() && !serves.getAsBoolean()) {
        throw new UnavailableException(
            "start supervisor: it ended at once with status %d; its log is %s"
                .formatted(status.get(), layout.log()));
      }
      if (status.isPresent()) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new UnavailableException(
            "start supervisor: process %d does not serve after %s; its log is %s"
                .formatted(process.pid(), limit, layout.log()));
      }
      WatchKey key = watch.poll(RECHECK.toMillis(), TimeUnit.MILLISECONDS);
      if (key != null) {
        key.pollEvents();
        key.reset();
      }
    }
  }

  private PidFd spawn() throws IOException {
    rotateLog();
    try (Fd input = Fd.open(Path.of("/dev/null"), Open.READ);
        Fd output = Fd.open(layout.log(), 0600, Open.WRITE, Open.CREATE, Open.APPEND)) {
      int pid =
          new Spawn(layout.program(), layout.arguments())
              .descriptors(List.of(input, output, output))
              .directory(layout.state())
              .environment(environment())
              .newSession()
              .start();
      Files.writeString(layout.pidFile(), Integer.toString(pid));
      return PidFd.open(pid);
    }
  }

  /** Without what is meant for the daemon alone: sockets of systemd, its own start-up cache. */
  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(DAEMONS_OWN.asMatchPredicate());
    environment.put(
        LIMITS,
        Stream.of(TaskLimit.RUNC, TaskLimit.RUNC_QUERY, TaskLimit.CHECKPOINT)
            .map(limit -> Long.toString(Math.max(1, limit.in(limits).toSeconds())))
            .collect(Collectors.joining(" ")));
    return environment;
  }

  private void rotateLog() throws IOException {
    if (Files.exists(layout.log()) && Files.size(layout.log()) > LOG_MAX) {
      Path old = layout.log().resolveSibling(layout.log().getFileName() + ".1");
      Files.move(layout.log(), old, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void protect(int pid) {
    try {
      Files.writeString(
          Path.of("/proc", Integer.toString(pid), "oom_score_adj"), Integer.toString(oomScore));
    } catch (IOException e) {
      LOG.debug("protect supervisor {} from the killer of processes: {}", pid, e.toString());
    }
  }

  /**
   * Takes the exit of one that this process has started, perhaps in an earlier version of this
   * plugin: nobody else does, and it would stay a zombie. A file, not a thread, remembers it, so
   * that no version stays behind only to wait.
   */
  private void reapPrevious() {
    try (PidFd process = PidFd.open(Integer.parseInt(Files.readString(layout.pidFile()).strip()))) {
      process
          .reap()
          .ifPresent(status -> LOG.warn("supervisor {} ended: {}", process.pid(), status));
    } catch (IOException | NumberFormatException e) {
      LOG.debug("no earlier supervisor of this process: {}", e.toString());
    }
  }
}
