// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.testkit.registry.FaultyRegistry;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import org.junit.jupiter.api.AfterEach;

class HealthyRegistryTest implements RepositoryContract {
  private final FaultyRegistry registry = FaultyRegistry.start();
  private final HttpRegistries registries =
      new HttpRegistries(RegistrySettings.of("containerd/2.3.4"));

  @AfterEach
  void close() {
    registries.close();
    registry.close();
  }

  @Override
  public Repository open(String repositoryAndTag) {
    return registries.open(
        new RegistryImage(registry.host() + "/" + repositoryAndTag, RegistryAccess.anonymous()));
  }
}
