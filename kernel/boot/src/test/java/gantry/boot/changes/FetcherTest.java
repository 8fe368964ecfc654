// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import gantry.plugins.BundleSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that come over HTTP. */
class FetcherTest {
  private static final byte[] JAR = new byte[200_000];

  @TempDir Path directory;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    Arrays.fill(JAR, (byte) 'j');
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/whole.jar",
        exchange -> {
          exchange.sendResponseHeaders(200, JAR.length);
          exchange.getResponseBody().write(JAR);
          exchange.close();
        });
    server.createContext(
        "/moved.jar",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/whole.jar");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    server.createContext(
        "/cut.jar",
        exchange -> {
          exchange.sendResponseHeaders(200, JAR.length);
          exchange.getResponseBody().write(JAR, 0, JAR.length / 2);
          exchange.getResponseBody().flush();
          server.stop(0);
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void jar_isFetchedAlsoFromWhereItMovedTo() throws Exception {
    for (String name : new String[] {"whole.jar", "moved.jar"}) {
      Path target = directory.resolve(name);

      Fetcher.Fetched fetched = Fetcher.fetch(source(name, digest()), target);

      assertThat(Files.readAllBytes(target)).isEqualTo(JAR);
      assertThat(fetched.size()).isEqualTo(JAR.length);
      assertThat(fetched.sha256()).isEqualTo(digest());
    }
  }

  @Test
  void jar_thatIsAnother_isRefused() throws Exception {
    String wanted = "0".repeat(64);
    assertThatThrownBy(
            () -> Fetcher.fetch(source("whole.jar", wanted), directory.resolve("another")))
        .isInstanceOf(Refusal.class)
        .hasMessage("its sha256 is %s, not %s".formatted(digest(), wanted));
  }

  @Test
  void jar_thatIsNotThere_isRefusedWithWhatTheServerSays() throws Exception {
    String wanted = digest();
    assertThatThrownBy(() -> Fetcher.fetch(source("none.jar", wanted), directory.resolve("none")))
        .isInstanceOf(Refusal.class)
        .hasMessage("it cannot be had: the server says 404");
  }

  @Test
  void jar_thatIsCutOff_isRefused() throws Exception {
    String wanted = digest();
    assertThatThrownBy(() -> Fetcher.fetch(source("cut.jar", wanted), directory.resolve("cut")))
        .isInstanceOf(Refusal.class)
        .hasMessageStartingWith("it cannot be had: ");
  }

  private BundleSource source(String name, String sha256) {
    return new BundleSource(
        "http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), name), sha256);
  }

  private String digest() throws IOException {
    return Fetcher.digest(Files.write(directory.resolve("expected"), JAR));
  }
}
