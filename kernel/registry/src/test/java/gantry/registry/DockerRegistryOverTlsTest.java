// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.testkit.Blobs;
import gantry.testkit.registry.TestTls;
import gantry.transfer.CredentialSource;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryAccess.HttpDebug;
import gantry.transfer.RegistryImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS this registry speaks HTTP/2 with who can. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerRegistryOverTlsTest implements RepositoryContract {
  private final HttpRegistries registries =
      new HttpRegistries(RegistrySettings.of("containerd/2.3.4"));
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private @Nullable DockerRegistry registry;
  private String directory = "";

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    TestTls tls = TestTls.create(home, "registry");
    registry = DockerRegistry.start(home, tls);
    directory = home.resolve("hosts").toString();
    Files.writeString(
        Files.createDirectories(home.resolve("hosts/_default")).resolve("hosts.toml"),
        "server = \"https://%s\"\nca = \"%s\"\n".formatted(registry.host(), tls.certificate()));
  }

  @AfterAll
  void stop() {
    registries.close();
    if (registry != null) {
      registry.close();
    }
  }

  @Override
  public Repository open(String repositoryAndTag) {
    String host = Objects.requireNonNull(registry).host();
    RegistryAccess access =
        new RegistryAccess(Map.of(), directory, "", HttpDebug.TRACE, log, CredentialSource.NONE);
    return registries.open(new RegistryImage(host + "/" + repositoryAndTag, access));
  }

  @Test
  void largeBlobs_haveConnectionsOfTheirOwn() throws IOException {
    byte[] bytes = Blobs.random(42, 2_000_000);
    Descriptor large = Descriptor.of("x", Digest.sha256(bytes), bytes.length);
    Repository repository = open("versions:v1");
    repository.push(large, BytesBody.of(bytes), List.of(), false, sent -> {});

    log.reset();
    assertThat(repository.exists(large)).isTrue();
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("by HTTP/2 over TLSv1.3");

    log.reset();
    try (RemoteBlob blob = repository.fetch(large, List.of(), 0)) {
      assertThat(blob.body().readAllBytes()).isEqualTo(bytes);
    }
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("by HTTP/1.1 over TLSv1.3");
  }
}
