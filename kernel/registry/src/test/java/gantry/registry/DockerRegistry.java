// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.testkit.registry.TestTls;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The distribution project's own registry on a free loopback port. */
record DockerRegistry(Process process, int port) implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofSeconds(30);

  /**
   * Starts one; skips the test if the host has none.
   *
   * @param tls serves HTTPS if not null
   */
  static DockerRegistry start(Path home, @Nullable TestTls tls) throws IOException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(d -> Files.isExecutable(Path.of(d, "docker-registry")));
    assumeTrue(installed, "docker-registry is not installed");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String secure =
        tls == null
            ? ""
            : ", tls: {certificate: %s, key: %s}".formatted(tls.certificate(), tls.key());
    Path config = home.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        storage:
          filesystem: {rootdirectory: %s/blobs}
          delete: {enabled: true}
        http: {addr: 127.0.0.1:%d%s}
        """
            .formatted(home, port, secure));
    DockerRegistry registry =
        new DockerRegistry(
            new ProcessBuilder("docker-registry", "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start(),
            port);
    long end = System.nanoTime() + START_DEADLINE.toNanos();
    while (!registry.accepts()) {
      if (System.nanoTime() > end) {
        registry.close();
        throw new IOException("docker-registry does not listen");
      }
      Thread.onSpinWait();
    }
    return registry;
  }

  String host() {
    return "127.0.0.1:" + port;
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
