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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Debian's docker-registry on a free loopback port. */
final class Registry implements AutoCloseable {
  private static final Duration START_DEADLINE = Duration.ofSeconds(30);

  /** The password {@code secret} as bcrypt has it. */
  private static final String SECRET =
      "$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a";

  private final Process process;
  private final int port;

  private Registry(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts one and waits until it accepts connections. */
  static Registry start(Path home) {
    return start(home, "");
  }

  /**
   * As {@link #start}, one that serves nobody but user {@code bob} with password {@code secret}.
   */
  static Registry startWithPassword(Path home) {
    try {
      Path users = Files.createDirectories(home).resolve("users");
      Files.writeString(users, "bob:" + SECRET + "\n");
      return start(home, "auth: {htpasswd: {realm: test, path: %s}}".formatted(users));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Registry start(Path home, String more) {
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
          %s
          """
              .formatted(home, port, more));
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
    copy("oci-archive:" + archive, name);
  }

  /** Pushes all images of an OCI layout's index with skopeo. */
  void pushAll(Path layout, String tag, String name) {
    copy("oci:" + layout + ":" + tag, name, "--all");
  }

  private void copy(String source, String name, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "skopeo",
                "--insecure-policy",
                "copy",
                "--dest-tls-verify=false",
                "--dest-creds=bob:secret"));
    command.addAll(List.of(more));
    command.add(source);
    command.add("docker://" + host() + "/" + name);
    Shell.Result result = new Shell(Map.of(), Duration.ofSeconds(60)).run(command);
    if (result.exitCode() != 0) {
      throw new AssertionError("skopeo cannot push " + source + ": " + result.all());
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
