// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The containerd of the distribution with a root, a state and sockets of its own: the oracle for
 * everything that speaks its API. Closing it stops it.
 */
public final class Containerd implements AutoCloseable {
  private static final Path BINARY = Path.of("/usr/bin/containerd");
  private static final Duration START = Duration.ofSeconds(20);

  private final Process process;
  private final Path socket;

  private Containerd(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /**
   * Starts one and waits until it answers. Skips the test, with the reason, where there is none.
   *
   * @param dir for everything it writes; short, because sockets are made in it
   */
  public static Containerd start(Path dir) throws Exception {
    assumeTrue(
        Files.isExecutable(BINARY) && "root".equals(System.getProperty("user.name")),
        "SKIPPED: needs root and " + BINARY + " (apt install containerd)");
    return start(dir, BINARY);
  }

  /**
   * As {@link #start(Path)}, a newer one of those that {@code cnf/bin/peers} fetches.
   *
   * @param name for example {@code containerd-2}
   */
  public static Containerd startPeer(Path dir, String name) throws Exception {
    Path peers = peers();
    Path binary = peers.resolve(name).resolve("usr/bin/containerd");
    Path missing = peers.resolve(name + ".missing");
    String reason =
        Files.exists(missing) ? Files.readString(missing).strip() : "run cnf/bin/setup --tests";
    assumeTrue(
        Files.isExecutable(binary) && "root".equals(System.getProperty("user.name")),
        "SKIPPED: needs root and " + name + ": " + reason);
    return start(dir, binary);
  }

  private static Path peers() {
    Path top = Path.of("").toAbsolutePath();
    while (top.getParent() != null && !Files.isDirectory(top.resolve("cnf/bin"))) {
      top = top.getParent();
    }
    return top.resolve("build/peers");
  }

  private static Containerd start(Path dir, Path binary) throws Exception {
    Path socket = dir.resolve("c.sock");
    Path config = dir.resolve("config.toml");
    Files.writeString(config, config(dir));
    Process process =
        new ProcessBuilder(binary.toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .start();
    Containerd daemon = new Containerd(process, socket);
    CountDownLatch booted = new CountDownLatch(1);
    Thread.ofVirtual().start(() -> drain(process, booted));
    if (!booted.await(START.toSeconds(), TimeUnit.SECONDS) || !process.isAlive()) {
      daemon.close();
      throw new IllegalStateException("containerd did not start within " + START);
    }
    return daemon;
  }

  /** Where it listens. */
  public Path socket() {
    return socket;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException gone) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void drain(Process process, CountDownLatch booted) {
    try (BufferedReader log = process.inputReader()) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        if (line.contains("successfully booted")) {
          booted.countDown();
        }
      }
    } catch (IOException ended) {
      // the process is gone
    }
    booted.countDown();
  }

  private static String config(Path dir) {
    return """
    version = 2
    root = "%1$s/root"
    state = "%1$s/state"
    disabled_plugins = ["io.containerd.grpc.v1.cri"]
    [grpc]
      address = "%1$s/c.sock"
    [ttrpc]
      address = "%1$s/c.sock.ttrpc"
    """
        .formatted(dir);
  }
}
