// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import gantry.errors.UnavailableException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A daemon's process with its helpers and its data below one directory. For one thread. */
final class Daemon implements AutoCloseable {
  /** Not that of another run on this host: containerd's shims share a place by namespace. */
  static final String NAMESPACE = "bench" + ProcessHandle.current().pid();

  private static final Duration DEADLINE = Duration.ofSeconds(90);
  private static final long POLL_NANOS = 500_000;
  private static final String ENTER =
      "if [ -n \"$0\" ]; then echo $$ > \"$0/cgroup.procs\"; fi; exec \"$@\"";

  private final Product product;
  private final Path home;
  private final Path state;
  private final @Nullable Group group;
  private @Nullable Process process;

  /**
   * @param home for what outlives a reboot
   * @param state for what does not
   */
  Daemon(Product product, Path home, Path state, Optional<Group> group) {
    this.product = product;
    this.home = home;
    this.state = state;
    this.group = group.orElse(null);
  }

  Path socket() {
    return home.resolve("d.sock");
  }

  /** Where a container's group is; an ordinary place if processor time cannot be counted. */
  String groupOf(String id) {
    return group == null ? "/" + home.getFileName() + "/" + id : group.containerPath(id);
  }

  /** Starts it in a session of its own; it may not answer yet. */
  void start() throws IOException {
    Files.createDirectories(home);
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(product.command(home, state, group == null ? "" : group.supervisorPath()));
    ProcessBuilder builder =
        new ProcessBuilder(entering(command))
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().put("PATH", product.path());
    process = builder.start();
  }

  /** The command with its processor time counted as this daemon's. */
  List<String> entering(List<String> command) {
    List<String> entering = new ArrayList<>(List.of("sh", "-c", ENTER));
    entering.add(group == null ? "" : group.programs().toString());
    entering.addAll(command);
    return entering;
  }

  /** Waits for an answer that needs the daemon's store. */
  void awaitAnswer() throws IOException {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!answers()) {
      if (System.nanoTime() > end || !process().isAlive()) {
        throw new IOException(product.name() + " does not answer:\n" + logged());
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private boolean answers() {
    try (SocketChannel _ = SocketChannel.open(UnixDomainSocketAddress.of(socket()))) {
      // a connection that is refused would make the client pause before it tries again
    } catch (IOException e) {
      return false;
    }
    try (GantryClient client = connect()) {
      List<?> _ = client.containers().list(List.of());
      return true;
    } catch (UnavailableException e) {
      return false;
    }
  }

  /** A connection of its own to the daemon. */
  GantryClient connect() {
    return GantryClient.connect(socket(), NAMESPACE, DEADLINE);
  }

  /** Stops it as a service manager does and waits until it is gone; what it runs goes on. */
  void stop() throws IOException, InterruptedException {
    process().destroy();
    if (!process().waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IOException(product.name() + " does not stop:\n" + logged());
    }
  }

  /** The daemon and its helpers: all whose command line names its directories. */
  List<Long> processes() {
    List<Long> pids = new ArrayList<>();
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
      all.filter(handle -> handle.pid() != ProcessHandle.current().pid())
          .filter(handle -> isOurs(commandLine(handle.pid())))
          .forEach(handle -> pids.add(handle.pid()));
    }
    return pids;
  }

  /** Processor time of daemon, helpers, runc and containers so far; not a number if unknown. */
  double processorMillis() throws IOException {
    return group == null ? Double.NaN : group.millis() + group.millisElsewhere(processes());
  }

  /** Whether processor time is counted. */
  boolean countsProcessorTime() {
    return group != null;
  }

  /** Memory of daemon and helpers, what is shared counted by its share, MB of 2^20 bytes. */
  double memoryMegabytes() throws IOException {
    double kilobytes = 0;
    for (long pid : processes()) {
      try (Stream<String> lines =
          Files.lines(Path.of("/proc", Long.toString(pid), "smaps_rollup"))) {
        kilobytes +=
            lines
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .sum();
      } catch (IOException e) {
        if (ProcessHandle.of(pid).isPresent()) {
          throw e;
        }
      }
    }
    return kilobytes / 1024;
  }

  private boolean isOurs(String commandLine) {
    return commandLine.contains(home + "/") || commandLine.contains(state + "/");
  }

  private Process process() {
    if (process == null) {
      throw new IllegalStateException(product.name() + " is not started");
    }
    return process;
  }

  private Path log() {
    return home.resolve("daemon.log");
  }

  private String logged() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
    } catch (IOException e) {
      return ""; // it has ended
    }
  }

  /** Kills it, its helpers and its containers, and unmounts what they mounted. */
  @Override
  public void close() {
    if (process != null) {
      process.destroyForcibly();
    }
    processes().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    if (group != null) {
      group.kill();
    }
    Mounts.detachBelow(home);
    Mounts.detachBelow(state);
    product.clean(state, NAMESPACE);
    if (group != null) {
      group.remove();
    }
  }
}
