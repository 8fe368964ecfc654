// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Over plain HTTP, as a registry on the loopback mostly is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DockerRegistryTest implements RepositoryContract {
  private final HttpRegistries registries =
      new HttpRegistries(RegistrySettings.of("containerd/2.3.4"));
  private @Nullable DockerRegistry registry;

  @BeforeAll
  void start(@TempDir Path home) throws IOException {
    registry = DockerRegistry.start(home, null);
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
    return registries.open(
        new RegistryImage(host + "/" + repositoryAndTag, RegistryAccess.anonymous()));
  }
}
