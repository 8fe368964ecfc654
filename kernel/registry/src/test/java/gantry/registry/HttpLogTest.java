// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.testkit.registry.FaultyRegistry;
import gantry.testkit.registry.FaultyRegistry.Authentication;
import gantry.testkit.registry.FaultyRegistry.Options;
import gantry.transfer.CredentialSource;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryAccess.HttpDebug;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HttpLogTest {
  private static String log(HttpDebug debug) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    resolve(debug, log);
    return log.toString(StandardCharsets.UTF_8);
  }

  private static void resolve(HttpDebug debug, OutputStream log) throws IOException {
    Options options = Options.plain().authentication(Authentication.bearer("ann", "pw-secret"));
    CredentialSource ann = Fixture.password("ann", "pw-secret");
    try (FaultyRegistry registry = FaultyRegistry.start(options);
        Fixture client = new Fixture()) {
      Fixture.shelve(registry, "app");
      RegistryAccess access =
          new RegistryAccess(Map.of("X-Api-Key", List.of("key-secret")), "", "", debug, log, ann);
      client.open(registry.host() + "/app:v1", access).resolve();
    }
  }

  @Test
  void debug_showsHeads_butNoSecrets() throws IOException {
    String log = log(HttpDebug.DEBUG);

    assertThat(log)
        .contains("> HEAD http://127.0.0.1:")
        .contains("> Authorization: [hidden]")
        .contains("> X-Api-Key: [hidden]")
        .contains("< 401 ")
        .contains("< 200 ")
        .contains("> User-Agent: containerd/2.3.4")
        .doesNotContain("secret")
        .doesNotContain("Bearer ey");
    assertThat(log.toLowerCase(Locale.ROOT)).contains("< docker-content-digest: sha256:");
  }

  @Test
  void trace_showsTimes() throws IOException {
    assertThat(log(HttpDebug.TRACE)).contains("* answered 200 after").doesNotContain("> HEAD");
  }

  @Test
  void none_showsNothing() throws IOException {
    assertThat(log(HttpDebug.NONE)).isEmpty();
  }

  @Test
  void aListenerWhoIsGone_doesNotEndTheTransfer() throws IOException {
    resolve(
        HttpDebug.BOTH,
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        });
  }

  @Test
  void addresses_areShownWithoutSecrets() {
    assertThat(
            HttpLog.shown(
                URI.create(
                    "https://u:p@s3.example/b?ns=r.example&X-Signature=abc&digest=sha256:1")))
        .isEqualTo("https://s3.example/b?ns=r.example&X-Signature=[hidden]&digest=sha256:1");
  }
}
