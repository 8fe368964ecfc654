// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A containerd-compatible daemon with its own root, state and socket below one directory. */
final class Daemon implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofSeconds(60);

  private final String name;
  private final Path home;
  private final List<String> command;
  private final String path;
  private final Map<String, String> environment;
  private @Nullable Process process;

  private Daemon(String name, Path home, List<String> command) {
    this(name, home, command, System.getenv("PATH"), Map.of());
  }

  private Daemon(
      String name, Path home, List<String> command, String path, Map<String, String> environment) {
    this.name = name;
    this.home = home;
    this.command = command;
    this.path = path;
    this.environment = environment;
  }

  /** The installed Gantry. */
  static Daemon gantry(Path home, String... extra) {
    Path program = installed().resolve("bin/gantryd");
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                program.toString(),
                "--root",
                home.resolve("root").toString(),
                "--state",
                home.resolve("state").toString(),
                "-a",
                home.resolve("d.sock").toString()));
    command.addAll(List.of(extra));
    return new Daemon("gantry", home, command);
  }

  /** Debian's containerd, without CRI. */
  static Daemon containerd(Path home) {
    Path config = home.resolve("config.toml");
    write(
        config,
        """
        version = 2
        root = "%1$s/root"
        state = "%1$s/state"
        disabled_plugins = ["io.containerd.grpc.v1.cri"]
        [grpc]
          address = "%1$s/d.sock"
        [ttrpc]
          address = "%1$s/d.sock.ttrpc"
        """
            .formatted(home));
    return new Daemon("containerd", home, List.of("containerd", "-c", config.toString()));
  }

  /** The same, with the programs of a directory before all others: itself, its shim, its ctr. */
  Daemon with(Path programs) {
    return new Daemon(name, home, command, programs + ":" + path, environment);
  }

  /** The same, with these variables beside those that all have. */
  Daemon with(Map<String, String> variables) {
    return new Daemon(name, home, command, path, variables);
  }

  /** Where {@code make install} put the product under test. */
  static Path installed() {
    return Path.of(System.getProperty("gantry.home", "/nonexistent"));
  }

  String name() {
    return name;
  }

  Path address() {
    return home.resolve("d.sock");
  }

  Path home() {
    return home;
  }

  /** A shell whose {@code ctr} talks to this daemon. */
  Shell shell(Map<String, String> more) {
    return shell(more, Duration.ofSeconds(40));
  }

  /** The same with another deadline for each program. */
  Shell shell(Map<String, String> more, Duration deadline) {
    var environment = new java.util.HashMap<>(more);
    environment.put("CONTAINERD_ADDRESS", address().toString());
    environment.put("GANTRY_ADDRESS", address().toString());
    environment.put("PATH", installed().resolve("bin") + ":" + path);
    return new Shell(environment, deadline);
  }

  /** Starts it and waits until it answers. */
  Daemon start() {
    try {
      Files.createDirectories(home);
      // found as a shell would find it, in the path it gets
      ProcessBuilder builder =
          new ProcessBuilder(Stream.concat(Stream.of("env"), command.stream()).toList())
              .redirectErrorStream(true)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
      builder.environment().put("PATH", path);
      builder.environment().putAll(environment);
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long end = System.nanoTime() + START_DEADLINE.toNanos();
    Shell shell = shell(Map.of());
    while (shell.run(List.of("ctr", "version")).exitCode() != 0) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError(name + " does not answer; its log:\n" + logText());
      }
    }
    return this;
  }

  /** The daemon's process. */
  Process process() {
    if (process == null) {
      throw new IllegalStateException(name + " is not started");
    }
    return process;
  }

  /** Kills it as a crash would: its containers and helpers stay. */
  void kill() {
    process().destroyForcibly();
    await();
  }

  /** Stops it as systemd would. */
  void stop() {
    process().destroy();
    await();
  }

  private void await() {
    try {
      if (!process().waitFor(30, TimeUnit.SECONDS)) {
        process().destroyForcibly();
        throw new AssertionError(name + " did not stop within 30 s; its log:\n" + logText());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a daemon stops", e);
    }
  }

  Path log() {
    return home.resolve("daemon.log");
  }

  String logText() {
    try {
      return Files.exists(log()) ? Files.readString(log()) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes every container, stops the daemon and what it leaves running. */
  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      shell(Map.of("ADDRESS", address().toString()))
          .bash(
              """
              for ns in $(ctr namespaces ls -q); do
                for t in $(ctr -n $ns tasks ls -q); do ctr -n $ns tasks rm -f $t; done
                for c in $(ctr -n $ns containers ls -q); do ctr -n $ns containers rm $c; done
              done
              """);
      stop();
    }
    // Helpers carry the home directory in their command line: the supervisor and its loggers.
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(home + "/"))
        .filter(p -> p.pid() != ProcessHandle.current().pid())
        .forEach(ProcessHandle::destroyForcibly);
    new Shell(Map.of(), Duration.ofSeconds(30))
        .bash(
            "awk -v h='"
                + home
                + "/' 'index($2, h) == 1 {print $2}' /proc/mounts | tac"
                + " | xargs -r -n1 umount -l");
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
