// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.testkit.registry.FaultyRegistry;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that waits for nothing, and what it would have waited for. */
final class Fixture implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  static final byte[] MANIFEST =
      """
      {"schemaVersion":2,"layers":[]}\
      """
          .getBytes(StandardCharsets.UTF_8);

  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  final HttpRegistries registries;

  Fixture() {
    this(RegistrySettings.of("containerd/2.3.4"));
  }

  Fixture(RegistrySettings settings) {
    registries = new HttpRegistries(settings, pauses::add, () -> NOW);
  }

  /** For what must end: a body that moves less than 1 KiB in so many milliseconds is too slow. */
  static RegistrySettings hasty(int millis) {
    Duration window = Duration.ofMillis(millis);
    return RegistrySettings.of("x")
        .deadlines(new Deadlines(Duration.ofSeconds(30), window, window, 1024, window))
        .retries(new RetryPolicy(1, Duration.ZERO, Duration.ZERO));
  }

  static CredentialSource password(String user, String secret) {
    return (host, reference, challenges) -> new Credentials.Password(user, secret);
  }

  static RegistryAccess access(String directory, CredentialSource credentials) {
    return new RegistryAccess(
        Map.of(), directory, "", RegistryAccess.HttpDebug.NONE, null, credentials);
  }

  static Descriptor shelve(FaultyRegistry registry, String repository) {
    return registry.manifest(repository, "v1", MediaTypes.OCI_MANIFEST, MANIFEST);
  }

  Repository open(FaultyRegistry registry, String name) {
    return open(registry.host() + "/" + name, RegistryAccess.anonymous());
  }

  Repository open(String reference, RegistryAccess access) {
    return registries.open(new RegistryImage(reference, access));
  }

  @Override
  public void close() {
    registries.close();
  }
}
