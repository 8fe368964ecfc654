// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.UnauthenticatedException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.testkit.registry.Fault;
import gantry.testkit.registry.FaultyRegistry;
import gantry.testkit.registry.FaultyRegistry.Authentication;
import gantry.testkit.registry.FaultyRegistry.Options;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuthenticationTest {
  private final FaultyRegistry registry =
      FaultyRegistry.start(
          Options.plain().authentication(Authentication.bearer("ann", "pw d&", "open/app")));
  private final FaultyRegistry basic =
      FaultyRegistry.start(Options.plain().authentication(Authentication.basic("bob", "secret")));
  private final Fixture client = new Fixture();

  @AfterEach
  void close() {
    client.close();
    registry.close();
    basic.close();
  }

  private Repository open(String name, CredentialSource credentials) {
    return client.open(registry.host() + "/" + name, Fixture.access("", credentials));
  }

  @Test
  void resolve_ofAnOpenRepository_takesAnAnonymousToken() throws IOException {
    Descriptor image = Fixture.shelve(registry, "open/app");

    assertThat(open("open/app:v1", CredentialSource.NONE).resolve()).isEqualTo(image);
    assertThat(registry.count("GET", "/token")).isEqualTo(1);
    assertThat(registry.count("POST", "/token")).isZero();
  }

  @Test
  void resolve_withPassword_takesATokenByPost() throws IOException {
    Descriptor image = Fixture.shelve(registry, "closed");
    List<String> asked = new ArrayList<>();
    CredentialSource source =
        (host, reference, challenges) -> {
          asked.add(host + " " + reference + " " + challenges.size());
          return new Credentials.Password("ann", "pw d&");
        };
    Repository repository = open("closed:v1", source);

    assertThat(repository.resolve()).isEqualTo(image);
    assertThat(repository.resolve()).isEqualTo(image);
    assertThat(asked).containsExactly(registry.host() + " " + registry.host() + "/closed:v1 1");
    assertThat(registry.count("POST", "/token")).isEqualTo(1);
    assertThat(registry.count("GET", "/token")).isZero();
  }

  @Test
  void resolve_withAnIssuerThatKnowsNoPost_takesATokenByGet() throws IOException {
    Descriptor image = Fixture.shelve(registry, "closed");
    registry.fault(Fault.status(404).on("POST", "/token"));

    assertThat(open("closed:v1", Fixture.password("ann", "pw d&")).resolve()).isEqualTo(image);
    assertThat(registry.count("GET", "/token")).isEqualTo(1);
  }

  @Test
  void resolve_withAnOverloadedIssuer_asksAgain() throws IOException {
    Descriptor image = Fixture.shelve(registry, "closed");
    registry.fault(Fault.status(429).on("", "/token").times(2));

    assertThat(open("closed:v1", Fixture.password("ann", "pw d&")).resolve()).isEqualTo(image);
    assertThat(client.pauses).hasSize(2);
  }

  @Test
  void resolve_withRefreshToken_works() throws IOException {
    Descriptor image = Fixture.shelve(registry, "closed");
    CredentialSource source = (h, r, c) -> new Credentials.RefreshToken(registry.refreshToken());

    assertThat(open("closed:v1", source).resolve()).isEqualTo(image);
  }

  @Test
  void resolve_withAWrongPassword_isDenied() {
    Fixture.shelve(registry, "closed");

    assertThatThrownBy(() -> open("closed:v1", Fixture.password("ann", "no")).resolve())
        .isInstanceOf(UnauthenticatedException.class)
        .hasMessageStartingWith(
            "pull access denied, repository does not exist or may require authorization: ")
        .hasMessageContaining("failed to fetch oauth token")
        .hasMessageNotContaining("pw d");
  }

  @Test
  void resolve_ofAClosedRepositoryByNobody_isDenied() {
    Fixture.shelve(registry, "closed");

    assertThatThrownBy(() -> open("closed:v1", CredentialSource.NONE).resolve())
        .isInstanceOf(UnauthenticatedException.class)
        .hasMessage(
            "pull access denied, repository does not exist or may require authorization:"
                + " server message: insufficient_scope: authorization failed");
  }

  @Test
  void resolve_afterTokensWereTakenBack_asksForANewOne() throws IOException {
    Descriptor image = Fixture.shelve(registry, "open/app");
    Repository repository = open("open/app:v1", CredentialSource.NONE);
    repository.resolve();
    registry.revokeTokens();

    assertThat(repository.resolve()).isEqualTo(image);
    assertThat(registry.count("GET", "/token")).isEqualTo(2);
  }

  @Test
  void tokens_areHadOnceForManyAtATime() throws Exception {
    Fixture.shelve(registry, "open/app");
    List<Future<Descriptor>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        Callable<Descriptor> resolve = () -> open("open/app:v1", CredentialSource.NONE).resolve();
        all.add(threads.submit(resolve));
      }
    }
    for (Future<Descriptor> one : all) {
      assertThat(one.get().size()).isEqualTo(Fixture.MANIFEST.length);
    }
    assertThat(registry.count("GET", "/token")).isEqualTo(1);
  }

  @Test
  void tokens_ofOneUser_areNotGivenToAnother() throws IOException {
    Fixture.shelve(registry, "closed");
    open("closed:v1", Fixture.password("ann", "pw d&")).resolve();

    assertThatThrownBy(() -> open("closed:v1", CredentialSource.NONE).resolve())
        .isInstanceOf(UnauthenticatedException.class);
  }

  @Test
  void resolve_withBasic_works() throws IOException {
    Descriptor image = Fixture.shelve(basic, "app");

    assertThat(
            client
                .open(
                    basic.host() + "/app:v1", Fixture.access("", Fixture.password("bob", "secret")))
                .resolve())
        .isEqualTo(image);
  }

  @Test
  void resolve_withBasicAndNoCredentials_saysSo() {
    assertThatThrownBy(() -> client.open(basic, "app:v1").resolve())
        .isInstanceOf(UnauthenticatedException.class)
        .hasMessageContaining("no basic auth credentials: authorization failed");
  }

  @Test
  void resolve_withAHeader_sendsItAsItIs() throws IOException {
    Fixture.shelve(basic, "app");
    CredentialSource source = (h, r, c) -> new Credentials.Header("Basic Ym9iOnNlY3JldA==");

    client.open(basic.host() + "/app:v1", Fixture.access("", source)).resolve();

    assertThat(basic.requests().getLast().header("authorization"))
        .isEqualTo("Basic Ym9iOnNlY3JldA==");
  }

  @Test
  void credentials_ofTheProcess_areUsedWhenTheClientHasNone() throws IOException {
    Descriptor image = Fixture.shelve(basic, "app");
    try (Fixture own =
        new Fixture(RegistrySettings.of("x").credentials(Fixture.password("bob", "secret")))) {
      assertThat(own.open(basic, "app:v1").resolve()).isEqualTo(image);
    }
  }

  @Test
  void fetch_redirectedToAnotherHost_drops_theAuthorization() throws IOException {
    byte[] bytes = {1, 2, 3};
    try (FaultyRegistry storage = FaultyRegistry.start()) {
      Descriptor blob = registry.blob("open/app", "x", bytes);
      storage.blob("store", "x", bytes);
      registry.fault(
          Fault.redirect(storage.url() + "/v2/store/blobs/" + blob.digest())
              .on("GET", "/blobs/")
              .skipping(1));
      try (RemoteBlob remote =
          open("open/app:v1", CredentialSource.NONE).fetch(blob, List.of(), 0)) {
        assertThat(remote.body().readAllBytes()).isEqualTo(bytes);
      }
      assertThat(registry.requests().getLast().header("authorization")).startsWith("Bearer ");
      assertThat(storage.requests()).hasSize(1);
      assertThat(storage.requests().getLast().header("authorization")).isEmpty();
    }
  }

  @Test
  void credentials_areNotForAHostRedirectedTo() {
    registry.fault(Fault.redirect(basic.url() + "/v2/app/manifests/v1").on("HEAD", ""));
    Fixture.shelve(basic, "app");

    assertThatThrownBy(() -> open("app:v1", Fixture.password("bob", "secret")).resolve())
        .isInstanceOf(UnauthenticatedException.class);
    assertThat(basic.requests()).allMatch(r -> r.header("authorization").isEmpty());
  }

  @Test
  void push_takesATokenToPush_andOneToMount() throws IOException {
    byte[] bytes = {4, 5, 6};
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(bytes), 3);
    registry.blob("from", "x", bytes);
    Repository repository = open("to:v1", Fixture.password("ann", "pw d&"));

    assertThat(repository.push(blob, BytesBody.of(bytes), List.of("from"), false, n -> {}))
        .isEqualTo(Repository.PushResult.MOUNTED);
  }

  @Test
  void push_byNobody_isDenied() {
    byte[] bytes = {4, 5, 6};
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(bytes), 3);

    assertThatThrownBy(
            () ->
                open("open/app:v1", CredentialSource.NONE)
                    .push(blob, BytesBody.of(bytes), List.of(), false, n -> {}))
        .isInstanceOf(UnauthenticatedException.class)
        .hasMessageStartingWith(
            "push access denied, repository does not exist or may require authorization: ");
  }

  @Test
  void credentials_thatCannotBeHad_endTheCall() {
    CredentialSource broken =
        (h, r, c) -> {
          throw new IOException("the store is locked");
        };

    assertThatThrownBy(() -> open("closed:v1", broken).resolve())
        .isInstanceOf(UnauthenticatedException.class)
        .hasMessageContaining("the store is locked");
  }
}
