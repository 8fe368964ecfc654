// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The distribution project's own registry, if the host has it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerRegistryTest implements RepositoryContract {
  private static final Duration START_DEADLINE = Duration.ofSeconds(30);

  private HttpRegistries registries = new HttpRegistries(RegistrySettings.of("containerd/2.3.4"));
  private @Nullable Process process;
  private int port;

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    boolean installed =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .anyMatch(d -> Files.isExecutable(Path.of(d, "docker-registry")));
    assumeTrue(installed, "docker-registry is not installed");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path config = home.resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        storage:
          filesystem: {rootdirectory: %s/blobs}
          delete: {enabled: true}
        http: {addr: 127.0.0.1:%d}
        """
            .formatted(home, port));
    process =
        new ProcessBuilder("docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    long end = System.nanoTime() + START_DEADLINE.toNanos();
    while (!accepts()) {
      if (System.nanoTime() > end) {
        throw new IOException("docker-registry does not listen");
      }
      Thread.onSpinWait();
    }
  }

  private boolean accepts() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @AfterEach
  void again() {
    registries.close();
    registries = new HttpRegistries(RegistrySettings.of("containerd/2.3.4"));
  }

  @AfterAll
  void stop() {
    registries.close();
    if (process != null) {
      process.destroyForcibly();
    }
  }

  @Override
  public Repository open(String repositoryAndTag) {
    return registries.open(
        new RegistryImage(
            "127.0.0.1:" + port + "/" + repositoryAndTag, RegistryAccess.anonymous()));
  }
}
