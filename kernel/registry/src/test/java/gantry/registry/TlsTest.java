// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.oci.Descriptor;
import gantry.testkit.registry.FaultyRegistry;
import gantry.testkit.registry.FaultyRegistry.Options;
import gantry.testkit.registry.TestTls;
import gantry.transfer.CredentialSource;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TlsTest {
  @TempDir Path root;
  private Fixture client = new Fixture();
  private TestTls server;
  private TestTls user;

  @BeforeAll
  void makeCertificates(@TempDir Path keys) {
    server = TestTls.create(keys, "server");
    user = TestTls.create(keys, "user");
  }

  @AfterEach
  void close() {
    client.close();
    client = new Fixture();
  }

  private Repository open(FaultyRegistry registry, String keys) throws IOException {
    return client.registries.open(image(registry, keys));
  }

  private RegistryImage image(FaultyRegistry registry, String keys) throws IOException {
    Path directory = Files.createDirectories(root.resolve("r.example"));
    Files.writeString(
        directory.resolve("hosts.toml"), "server = \"%s\"\n%s\n".formatted(registry.url(), keys));
    return new RegistryImage(
        "r.example/app:v1", Fixture.access(root.toString(), CredentialSource.NONE));
  }

  private FaultyRegistry start(boolean clientCertificate) {
    return FaultyRegistry.start(Options.plain().tls(server.context(user), clientCertificate));
  }

  @Test
  void unknownAuthority_isRefused_withAdvice() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Repository repository = open(registry, "");

      assertThatThrownBy(repository::resolve)
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(registry.host())
          .hasMessageContaining("\"ca\" in hosts.toml");
    }
  }

  @Test
  void authority_ofTheFile_isTrusted() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Descriptor image = Fixture.shelve(registry, "app");

      assertThat(open(registry, "ca = \"" + server.certificate() + "\"").resolve())
          .isEqualTo(image);
    }
  }

  @Test
  void skipVerify_takesAnyCertificate() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Descriptor image = Fixture.shelve(registry, "app");

      assertThat(open(registry, "skip_verify = true").resolve()).isEqualTo(image);
      assertThatThrownBy(() -> open(registry, "skip_verify = false").resolve())
          .isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void clientCertificate_isShown() throws IOException {
    try (FaultyRegistry registry = start(true)) {
      Descriptor image = Fixture.shelve(registry, "app");
      String ca = "ca = \"" + server.certificate() + "\"\n";

      assertThat(
              open(
                      registry,
                      ca + "client = [[\"%s\", \"%s\"]]".formatted(user.certificate(), user.key()))
                  .resolve())
          .isEqualTo(image);
      assertThatThrownBy(() -> open(registry, ca).resolve())
          .isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void certificate_thatIsNone_isNamed() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Path wrong = Files.writeString(root.resolve("wrong.crt"), "no certificate");
      Repository repository = open(registry, "ca = \"" + wrong + "\"");

      assertThatThrownBy(repository::resolve)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(wrong.toString());
    }
  }

  @Test
  void loopback_thatSpeaksTls_isFoundOut() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Descriptor image = Fixture.shelve(registry, "app");

      assertThat(client.open(registry.host() + "/app:v1", RegistryAccess.anonymous()).resolve())
          .isEqualTo(image);
    }
  }

  @Test
  void probe_tellsOfTls() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Fixture.shelve(registry, "app");
      RegistryProbe probe = new RegistryProbe(client.registries);

      assertThat(probe.probe(image(registry, "ca = \"" + server.certificate() + "\"")))
          .allSatisfy(
              step ->
                  assertThat(step.tls())
                      .startsWith("TLSv1.3")
                      .contains("certificate of CN=server"));
      assertThat(probe.probe(image(registry, "")))
          .allSatisfy(step -> assertThat(step.outcome()).contains("certificate"));
    }
  }

  @Test
  void proxy_isTunnelledThrough_withItsPassword() throws IOException {
    try (FaultyRegistry registry = start(false)) {
      Descriptor image = Fixture.shelve(registry, "app");
      int port = Integer.parseInt(registry.host().substring("127.0.0.1:".length()));
      Path directory = Files.createDirectories(root.resolve("r.example"));
      Files.writeString(
          directory.resolve("hosts.toml"), "server = \"https://far.example\"\nskip_verify = true");
      try (TunnelProxy proxy = new TunnelProxy(port);
          Fixture inside =
              new Fixture(
                  RegistrySettings.of("x")
                      .environment(Map.of("HTTPS_PROXY", "http://me:pass@" + proxy.address())))) {
        assertThat(
                inside
                    .open(
                        "r.example/app:v1", Fixture.access(root.toString(), CredentialSource.NONE))
                    .resolve())
            .isEqualTo(image);
        assertThat(proxy.heads().getFirst())
            .startsWith("CONNECT far.example:443 ")
            .containsIgnoringCase("Proxy-Authorization: Basic bWU6cGFzcw==");
        assertThat(registry.requests().getFirst().header("proxy-authorization")).isEmpty();
      }
    }
  }

  @Test
  void keys_inOlderForms_areRead() throws Exception {
    for (String form : java.util.List.of("EC", "RSA")) {
      Path key = root.resolve(form + ".pem");
      String[] command =
          form.equals("EC")
              ? new String[] {
                "openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "" + key
              }
              : new String[] {"openssl", "genrsa", "-traditional", "-out", "" + key, "2048"};
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).isZero();
      assertThat(Files.readString(key)).contains("BEGIN " + form + " PRIVATE KEY");

      assertThat(PemFiles.key(key).getAlgorithm()).isEqualTo(form);
    }
  }
}
