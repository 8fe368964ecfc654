// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.NotFoundException;
import gantry.errors.PermissionDeniedException;
import gantry.oci.Descriptor;
import gantry.testkit.registry.Fault;
import gantry.testkit.registry.FaultyRegistry;
import gantry.testkit.registry.SeenRequest;
import gantry.transfer.CredentialSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorsTest {
  @TempDir Path root;
  private final FaultyRegistry mirror = FaultyRegistry.start();
  private final FaultyRegistry upstream = FaultyRegistry.start();
  private final Fixture client = new Fixture();

  @AfterEach
  void close() {
    client.close();
    mirror.close();
    upstream.close();
  }

  private Repository open(String name, String... mirrorKeys) throws IOException {
    Path directory = Files.createDirectories(root.resolve("r.example"));
    Files.writeString(
        directory.resolve("hosts.toml"),
        """
        server = "%s"
        [host."%s"]
        %s
        """
            .formatted(upstream.url(), mirror.url(), String.join("\n", mirrorKeys)));
    return client.open("r.example/" + name, Fixture.access(root.toString(), CredentialSource.NONE));
  }

  private byte[] fetched(Repository repository, Descriptor descriptor) throws IOException {
    try (RemoteBlob blob = repository.fetch(descriptor, List.of(), 0)) {
      return blob.body().readAllBytes();
    }
  }

  @Test
  void mirror_isAskedFirst_andToldForWhom() throws IOException {
    Descriptor image = Fixture.shelve(mirror, "app");

    assertThat(open("app:v1").resolve()).isEqualTo(image);
    assertThat(mirror.requests())
        .extracting(SeenRequest::path)
        .containsExactly("/v2/app/manifests/v1?ns=r.example");
    assertThat(upstream.requests()).isEmpty();
  }

  @Test
  void mirror_thatHasItNot_isFollowedByTheNext() throws IOException {
    Descriptor image = Fixture.shelve(upstream, "app");

    assertThat(open("app:v1").resolve()).isEqualTo(image);
    assertThat(fetched(open("app:v1"), image)).isEqualTo(Fixture.MANIFEST);
    assertThat(mirror.count("", "")).isEqualTo(2);
  }

  @Test
  void mirror_thatIsDown_isFollowedByTheNext_withoutWaiting() throws IOException {
    Descriptor image = Fixture.shelve(upstream, "app");
    mirror.fault(Fault.status(503));

    assertThat(open("app:v1").resolve()).isEqualTo(image);
    mirror.close();
    assertThat(open("app:v1").resolve()).isEqualTo(image);
    assertThat(client.pauses).isEmpty();
  }

  @Test
  void mirror_thatServesWrongLengths_isFollowedByTheNext() throws IOException {
    byte[] bytes = new byte[5000];
    Descriptor blob = mirror.blob("app", "x", bytes);
    upstream.blob("app", "x", bytes);
    mirror.fault(Fault.length(4000).on("GET", "/blobs/"));

    assertThat(fetched(open("app:v1"), blob)).isEqualTo(bytes);
  }

  @Test
  void mirror_withoutResolve_isNotTrustedWithTags() throws IOException {
    Descriptor image = Fixture.shelve(mirror, "app");
    Fixture.shelve(upstream, "app");
    Repository repository = open("app:v1", "capabilities = [\"pull\"]");

    assertThat(repository.resolve()).isEqualTo(image);
    assertThat(mirror.requests()).isEmpty();
    assertThat(fetched(repository, image)).isEqualTo(Fixture.MANIFEST);
    assertThat(upstream.count("GET", "")).isZero();
  }

  @Test
  void theFailureThatGotFurthest_isTold() throws IOException {
    mirror.fault(Fault.status(403));
    Repository repository = open("app:v1");

    assertThatThrownBy(repository::resolve)
        .isInstanceOf(PermissionDeniedException.class)
        .hasMessageContaining(mirror.host());
    mirror.heal();
    assertThatThrownBy(repository::resolve)
        .isInstanceOf(NotFoundException.class)
        .hasMessage("r.example/app:v1: not found");
    upstream.close();
    assertThatThrownBy(repository::resolve).isInstanceOf(NotFoundException.class);
  }

  @Test
  void push_goesToTheFirstThatTakesIt_andTellsForWhom() throws IOException {
    byte[] bytes = {1, 2};
    Descriptor blob = Descriptor.of("x", gantry.oci.Digest.sha256(bytes), 2);

    open("app:v1", "capabilities = [\"pull\"]")
        .push(blob, BytesBody.of(bytes), List.of(), false, n -> {});

    assertThat(mirror.requests()).isEmpty();
    assertThat(upstream.blob("app", blob.digest())).contains(bytes);
    assertThat(upstream.requests()).allMatch(r -> r.path().contains("ns=r.example"));
  }

  @Test
  void nobodyWhoMayResolve_saysWhatToDo() throws IOException {
    Files.writeString(
        Files.createDirectories(root.resolve("r.example")).resolve("hosts.toml"),
        "server = \"%s\"\ncapabilities = [\"push\"]\n".formatted(upstream.url()));

    assertThatThrownBy(
            () ->
                client
                    .open(
                        "r.example/app:v1", Fixture.access(root.toString(), CredentialSource.NONE))
                    .resolve())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("no resolve hosts: not found; allow one \"resolve\" in hosts.toml");
  }

  @Test
  void probe_tellsOfEveryHost() throws IOException {
    Fixture.shelve(upstream, "app");
    mirror.fault(Fault.status(403).on("HEAD", ""));
    open("app:v1");

    List<ProbeStep> steps =
        new RegistryProbe(client.registries)
            .probe(
                new gantry.transfer.RegistryImage(
                    "r.example/app:v1", Fixture.access(root.toString(), CredentialSource.NONE)));

    assertThat(steps)
        .extracting(ProbeStep::endpoint, ProbeStep::status)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(mirror.url(), 200),
            org.assertj.core.groups.Tuple.tuple(mirror.url(), 403),
            org.assertj.core.groups.Tuple.tuple(upstream.url(), 200),
            org.assertj.core.groups.Tuple.tuple(upstream.url(), 200));
    assertThat(steps.getLast().outcome()).startsWith("sha256:");
    assertThat(steps.get(1).outcome()).contains("403 Forbidden");
  }
}
