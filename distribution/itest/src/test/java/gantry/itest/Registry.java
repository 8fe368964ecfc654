// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Debian's docker-registry on a free loopback port. */
final class Registry implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofSeconds(30);

  private final Process process;
  private final int port;

  private Registry(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one and waits until it accepts connections. */
  static Registry start(Path home) {
    try {
      int port = freePort();
      Path config = Files.createDirectories(home).resolve("config.yml");
      Files.writeString(
          config,
          """
          version: 0.1
          storage:
            filesystem: {rootdirectory: %s/data}
          http: {addr: 127.0.0.1:%d}
          """
              .formatted(home, port));
      Process process =
          new ProcessBuilder("docker-registry", "serve", config.toString())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("log").toFile())
              .start();
      awaitListener(process, port);
      return new Registry(process, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients find it. */
  String host() {
    return "127.0.0.1:" + port;
  }

  /** Pushes an OCI archive with skopeo. */
  void push(Path archive, String name) {
    Shell.Result result =
        new Shell(Map.of(), Duration.ofSeconds(60))
            .run(
                List.of(
                    "skopeo",
                    "--insecure-policy",
                    "copy",
                    "--dest-tls-verify=false",
                    "oci-archive:" + archive,
                    "docker://" + host() + "/" + name));
    if (result.exitCode() != 0) {
      throw new AssertionError("skopeo cannot push " + archive + ": " + result.all());
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void awaitListener(Process process, int port) {
    long end = System.nanoTime() + START_DEADLINE.toNanos();
    while (!accepts(port)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("docker-registry does not listen on port " + port);
      }
      Thread.onSpinWait();
    }
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
