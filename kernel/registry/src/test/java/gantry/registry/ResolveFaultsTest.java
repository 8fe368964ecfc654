// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.NotFoundException;
import gantry.errors.PermissionDeniedException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnauthenticatedException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.testkit.registry.Fault;
import gantry.testkit.registry.FaultyRegistry;
import gantry.transfer.RegistryAccess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResolveFaultsTest {
  private final FaultyRegistry registry = FaultyRegistry.start();
  private final FaultyRegistry other = FaultyRegistry.start();
  private final Fixture client = new Fixture();
  private final Descriptor image = Fixture.shelve(registry, "app");

  @AfterEach
  void close() {
    client.close();
    registry.close();
    other.close();
  }

  private Descriptor resolve() throws IOException {
    return client.open(registry, "app:v1").resolve();
  }

  @Test
  void resolve_refusedWithoutChallenge_isUnauthenticated() {
    registry.fault(Fault.status(401));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(UnauthenticatedException.class)
        .hasMessageContaining("unexpected status from HEAD request to http://" + registry.host())
        .hasMessageContaining("401 Unauthorized");
    assertThat(registry.count("HEAD", "/manifests/")).isEqualTo(1);
  }

  @Test
  void resolve_forbidden_tellsWhatTheRegistrySays() {
    registry.fault(
        Fault.status(403)
            .body("{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not from your address\"}]}"));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(PermissionDeniedException.class)
        .hasMessageContaining("unexpected status from HEAD request")
        .hasMessageContaining("403 Forbidden: denied: not from your address");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void resolve_afterAPassingStatus_works(int status) throws IOException {
    registry.fault(Fault.status(status).times(2));

    assertThat(resolve()).isEqualTo(image);
    assertThat(client.pauses).containsExactly(Duration.ofMillis(200), Duration.ofMillis(400));
  }

  @Test
  void resolve_ofAnOverloadedRegistry_givesUpAfterFiveAttempts() {
    registry.fault(Fault.status(429));

    assertThatThrownBy(this::resolve).isInstanceOf(ResourceExhaustedException.class);
    assertThat(registry.count("HEAD", "")).isEqualTo(5);
  }

  @Test
  void resolve_ofABrokenRegistry_isUnavailable() {
    registry.fault(Fault.status(500));

    assertThatThrownBy(this::resolve).isInstanceOf(UnavailableException.class);
  }

  @Test
  void resolve_withRetryAfterInSeconds_waitsSoLong() throws IOException {
    registry.fault(Fault.status(429).header("Retry-After", "7").times(1));

    assertThat(resolve()).isEqualTo(image);
    assertThat(client.pauses).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void resolve_withRetryAfterAsDate_waitsUntilThen() throws IOException {
    registry.fault(
        Fault.status(503).header("Retry-After", "Thu, 1 Jan 2026 12:00:09 GMT").times(1));

    assertThat(resolve()).isEqualTo(image);
    assertThat(client.pauses).containsExactly(Duration.ofSeconds(9));
  }

  @Test
  void resolve_withRetryAfterInAnHour_failsAtOnce() {
    registry.fault(Fault.status(429).header("Retry-After", "3600"));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("try again after 3600 s");
    assertThat(client.pauses).isEmpty();
  }

  @Test
  void resolve_afterALostConnection_works() throws IOException {
    registry.fault(Fault.drop().times(2));

    assertThat(resolve()).isEqualTo(image);
  }

  @Test
  void resolve_ofASilentRegistry_endsInTime() {
    registry.fault(Fault.hang());
    try (Fixture once = new Fixture(Fixture.hasty(200))) {
      assertThatThrownBy(() -> once.open(registry, "app:v1").resolve())
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(registry.host())
          .hasMessageContaining("no answer within 200ms");
    }
  }

  @Test
  void resolve_ofNobody_isUnavailable() {
    String host = other.host();
    other.close();

    assertThatThrownBy(() -> client.open(host + "/app:v1", RegistryAccess.anonymous()).resolve())
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining(host)
        .hasMessageContaining("check the name and whether it runs");
  }

  @Test
  void resolve_inARedirectLoop_stopsAfterTen() {
    registry.fault(Fault.redirect("/v2/app/manifests/v1"));

    assertThatThrownBy(this::resolve)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("stopped after 10 redirects");
    assertThat(registry.count("HEAD", "")).isEqualTo(11);
  }

  @Test
  void resolve_redirectedToAnotherHost_keepsSecretsAtHome() throws IOException {
    Fixture.shelve(other, "app");
    registry.fault(Fault.redirect(other.url() + "/v2/app/manifests/v1"));
    RegistryAccess access =
        new RegistryAccess(
            Map.of("X-Key", List.of("secret")),
            "",
            "",
            RegistryAccess.HttpDebug.NONE,
            null,
            RegistryAccess.anonymous().credentials());

    assertThat(client.open(registry.host() + "/app:v1", access).resolve()).isEqualTo(image);
    assertThat(registry.requests().getLast().header("x-key")).isEqualTo("secret");
    assertThat(other.requests().getLast().header("x-key")).isEmpty();
    assertThat(other.requests().getLast().header("user-agent")).isEqualTo("containerd/2.3.4");
  }

  @Test
  void resolve_withoutHead_asksWithGet() throws IOException {
    registry.fault(Fault.status(405).on("HEAD", ""));

    assertThat(resolve()).isEqualTo(image);
  }

  @Test
  void resolve_withoutDigestHeader_hashesTheManifest() throws IOException {
    registry.fault(Fault.headers("Docker-Content-Digest", ""));

    assertThat(resolve()).isEqualTo(image);
    assertThat(registry.count("GET", "/manifests/v1")).isEqualTo(1);
  }

  @Test
  void resolve_withMalformedDigestHeader_fails() {
    registry.fault(Fault.headers("Docker-Content-Digest", "sha256:12"));

    assertThatThrownBy(this::resolve).hasMessageContaining("in header not a valid digest");
  }

  @Test
  void resolve_ofSchema1_isRefused() {
    registry.manifest(
        "old", "v1", "application/vnd.docker.distribution.manifest.v1+prettyjws", new byte[9]);

    assertThatThrownBy(() -> client.open(registry, "old:v1").resolve())
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("no longer supported");
  }

  @Test
  void resolve_ofAHugeManifest_isRefusedByItsLength() {
    registry.manifest("bomb", "v1", "application/json", new byte[9 << 20]);

    assertThatThrownBy(() -> client.open(registry, "bomb:v1").resolve())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("rejecting 9437184 byte manifest");
    assertThat(registry.count("GET", "")).isZero();
  }

  @Test
  void resolve_ofAHugeManifestOfUnknownDigest_isNotReadToItsEnd() {
    registry.manifest("bomb", "v1", "application/json", new byte[9 << 20]);
    registry.fault(Fault.headers("Docker-Content-Digest", ""));

    assertThatThrownBy(() -> client.open(registry, "bomb:v1").resolve())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("byte manifest");
  }

  @Test
  void resolve_sendsWhatContainerdSends() throws IOException {
    resolve();

    assertThat(registry.requests().getLast().header("accept"))
        .isEqualTo(
            "application/vnd.docker.distribution.manifest.v2+json,"
                + " application/vnd.docker.distribution.manifest.list.v2+json,"
                + " application/vnd.oci.image.manifest.v1+json,"
                + " application/vnd.oci.image.index.v1+json, */*");
    assertThat(registry.requests().getLast().header("user-agent")).isEqualTo("containerd/2.3.4");
  }

  @Test
  void resolve_ofADigestThatOnlyBlobsHave_findsIt() throws IOException {
    Descriptor blob = registry.blob("legacy", "application/octet-stream", new byte[50]);

    Descriptor found = client.open(registry, "legacy@" + blob.digest()).resolve();

    assertThat(found.digest()).isEqualTo(blob.digest());
    assertThat(found.size()).isEqualTo(50);
  }
}
