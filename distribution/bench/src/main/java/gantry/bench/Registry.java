// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Debian's docker-registry on a free port of the loopback. */
final class Registry implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  /** Of a blob of some hundred megabytes, on a machine that is busy. */
  private static final Duration UPLOAD_DEADLINE = Duration.ofMinutes(10);

  private static final long POLL_NANOS = 5_000_000;

  private final Process process;
  private final String host;
  private final HttpClient http = HttpClient.newHttpClient();

  private Registry(Process process, String host) {
    this.process = process;
    this.host = host;
  }

  /** Starts one with its data below a directory, and waits until it accepts connections. */
  static Registry start(Path home) throws IOException {
    int port = freePort();
    Path config = Files.createDirectories(home).resolve("config.yml");
    Files.writeString(
        config,
        """
        version: 0.1
        log: {level: error}
        storage:
          filesystem: {rootdirectory: %s/data}
        http: {addr: 127.0.0.1:%d}
        """
            .formatted(home, port));
    Process process =
        new ProcessBuilder("setsid", "docker-registry", "serve", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!accepts(port)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IOException("docker-registry does not listen on port " + port);
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    return new Registry(process, "127.0.0.1:" + port);
  }

  /** Where clients find it. */
  String host() {
    return host;
  }

  /** Stores a blob. */
  void push(String repository, String digest, Path blob) throws IOException, InterruptedException {
    push(repository, digest, BodyPublishers.ofFile(blob));
  }

  /** Stores a small blob. */
  void push(String repository, String digest, byte[] blob)
      throws IOException, InterruptedException {
    push(repository, digest, BodyPublishers.ofByteArray(blob));
  }

  private void push(String repository, String digest, BodyPublisher body)
      throws IOException, InterruptedException {
    HttpResponse<Void> upload =
        send("POST", "/v2/" + repository + "/blobs/uploads/", "", BodyPublishers.noBody(), 202);
    String location = upload.headers().firstValue("Location").orElseThrow();
    String path =
        location.startsWith("http") ? location.replaceFirst("https?://[^/]*", "") : location;
    HttpResponse<Void> _ =
        send("PUT", path + "&digest=" + digest, "application/octet-stream", body, 201);
  }

  /** Gives a manifest a tag. */
  void tag(String repository, String tag, String mediaType, byte[] manifest)
      throws IOException, InterruptedException {
    HttpResponse<Void> _ =
        send(
            "PUT",
            "/v2/" + repository + "/manifests/" + tag,
            mediaType,
            BodyPublishers.ofByteArray(manifest),
            201);
  }

  private HttpResponse<Void> send(
      String method, String path, String type, BodyPublisher body, int wanted)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + host + path))
            .timeout(UPLOAD_DEADLINE)
            .method(method, body);
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    HttpResponse<Void> response = http.send(request.build(), BodyHandlers.discarding());
    if (response.statusCode() != wanted) {
      throw new IOException(
          "%s %s: the registry answers %d".formatted(method, path, response.statusCode()));
    }
    return response;
  }

  @Override
  public void close() {
    http.close();
    process.destroyForcibly();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
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
