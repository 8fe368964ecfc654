// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.PermissionDeniedException;
import gantry.errors.UnavailableException;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.registry.Repository.PushResult;
import gantry.testkit.Blobs;
import gantry.testkit.registry.Fault;
import gantry.testkit.registry.FaultyRegistry;
import gantry.testkit.registry.FaultyRegistry.Authentication;
import gantry.testkit.registry.FaultyRegistry.Options;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PushFaultsTest {
  private final FaultyRegistry registry = FaultyRegistry.start();
  private final Fixture client = new Fixture();
  private final byte[] bytes = Blobs.random(1, 400_000);
  private final Descriptor blob =
      Descriptor.of(MediaTypes.OCI_LAYER_GZIP, Digest.sha256(bytes), bytes.length);

  @AfterEach
  void close() {
    client.close();
    registry.close();
  }

  private PushResult push() throws IOException {
    return push(BytesBody.of(bytes));
  }

  private PushResult push(BlobBody body) throws IOException {
    return client.open(registry, "app:v1").push(blob, body, List.of(), false, n -> {});
  }

  @Test
  void push_afterABrokenUpload_beginsAnother() throws IOException {
    registry.fault(Fault.drop().on("PUT", "/uploads/").times(2));

    assertThat(push()).isEqualTo(PushResult.UPLOADED);
    assertThat(registry.blob("app", blob.digest())).contains(bytes);
    assertThat(registry.count("POST", "/uploads/")).isEqualTo(3);
  }

  @Test
  void push_afterAServerError_beginsAnother() throws IOException {
    registry.fault(Fault.status(500).on("PUT", "/uploads/").times(1));

    assertThat(push()).isEqualTo(PushResult.UPLOADED);
  }

  @Test
  void push_toARegistryThatFails_isUnavailable() {
    registry.fault(Fault.status(503).on("PUT", ""));

    assertThatThrownBy(this::push).isInstanceOf(UnavailableException.class);
    assertThat(registry.count("PUT", "")).isEqualTo(5);
  }

  @Test
  void push_toARegistryThatTookSomethingElse_fails() {
    registry.fault(
        Fault.headers("Docker-Content-Digest", "sha256:" + "0".repeat(64)).on("PUT", ""));

    assertThatThrownBy(this::push)
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("got digest sha256:000");
  }

  @Test
  void push_ofOtherBytesThanTheDigest_isRefused() {
    assertThatThrownBy(() -> push(BytesBody.of(new byte[400_000])))
        .hasMessageContaining("digest invalid");
  }

  @Test
  void push_toAnAbsoluteLocationElsewhere_goesThereWithoutAuthorization() throws IOException {
    try (FaultyRegistry closed =
            FaultyRegistry.start(
                Options.plain().authentication(Authentication.basic("bob", "secret")));
        FaultyRegistry storage = FaultyRegistry.start()) {
      closed.fault(
          Fault.headers("Location", storage.url() + "/v2/app/blobs/uploads/none?state=x")
              .on("POST", "")
              .skipping(0));
      storage.fault(Fault.status(201).on("PUT", ""));
      Repository repository =
          client.open(
              closed.host() + "/app:v1", Fixture.access("", Fixture.password("bob", "secret")));

      assertThat(repository.push(blob, BytesBody.of(bytes), List.of(), false, n -> {}))
          .isEqualTo(PushResult.UPLOADED);
      assertThat(storage.requests()).hasSize(1);
      assertThat(storage.requests().getFirst().path())
          .contains("state=x&digest=sha256%3A" + blob.digest().hex());
      assertThat(storage.requests().getFirst().header("authorization")).isEmpty();
    }
  }

  @Test
  void push_ofASourceThatBreaks_tellsSo_andIsNotRepeated() {
    BlobBody broken =
        new BlobBody() {
          @Override
          public long size() {
            return bytes.length;
          }

          @Override
          public InputStream open() {
            return new ByteArrayInputStream(bytes, 0, 1000);
          }
        };

    assertThatThrownBy(() -> push(broken))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("upload ends after 1000 of 400000 bytes");
    assertThat(registry.count("POST", "")).isEqualTo(1);
  }

  @Test
  void push_forbidden_isPermissionDenied() {
    registry.fault(Fault.status(403).on("POST", ""));

    assertThatThrownBy(this::push)
        .isInstanceOf(PermissionDeniedException.class)
        .hasMessageContaining("unexpected status from POST request");
  }

  @Test
  void push_interrupted_endsAtOnce() throws Exception {
    registry.fault(Fault.hang().on("PUT", ""));
    try (Fixture patient = new Fixture(RegistrySettings.of("x"))) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread pusher =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      patient
                          .open(registry, "app:v1")
                          .push(blob, BytesBody.of(bytes), List.of(), false, n -> {});
                      outcome.complete(new AssertionError("pushed"));
                    } catch (IOException | RuntimeException e) {
                      outcome.complete(e);
                    }
                  });
      while (registry.count("PUT", "") == 0) {
        Thread.onSpinWait();
      }
      pusher.interrupt();

      assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(CanceledException.class);
    }
  }

  @Test
  void push_thatIsNotTaken_endsInTime() {
    registry.fault(Fault.hang().on("PUT", ""));
    try (Fixture once = new Fixture(Fixture.hasty(1000))) {
      Repository repository = once.open(registry, "app:v1");

      assertThatThrownBy(
              () -> repository.push(blob, BytesBody.of(bytes), List.of(), false, n -> {}))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining(registry.host());
    }
  }

  @Test
  void push_thatIsNotRead_isTooSlow() {
    byte[] large = new byte[64 << 20];
    Descriptor much = Descriptor.of("x", Digest.sha256(large), large.length);
    registry.fault(Fault.hang().on("PUT", ""));
    try (Fixture once = new Fixture(Fixture.hasty(1000))) {
      Repository repository = once.open(registry, "app:v1");

      assertThatThrownBy(
              () -> repository.push(much, BytesBody.of(large), List.of(), false, n -> {}))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("sending is too slow")
          .hasMessageContaining(registry.host());
    }
  }

  @Test
  void push_ofASubject_toARegistryWithoutReferrers_keepsItsTag() throws IOException {
    try (FaultyRegistry old = FaultyRegistry.start(Options.plain().withoutReferrers())) {
      Descriptor subject = Fixture.shelve(old, "app");
      byte[] manifest =
          """
          {"schemaVersion":2,"artifactType":"application/x","layers":[],"subject":{"mediaType":"m","digest":"%s","size":1}}\
          """
              .formatted(subject.digest())
              .getBytes(StandardCharsets.UTF_8);
      Descriptor signature =
          Descriptor.of(MediaTypes.OCI_MANIFEST, Digest.sha256(manifest), manifest.length);
      Repository repository = client.open(old, "app:v1");

      repository.push(signature, BytesBody.of(manifest), List.of(), false, n -> {});

      assertThat(old.manifest("app", "sha256-" + subject.digest().hex())).isPresent();
      assertThat(repository.referrers(subject.digest(), "application/x"))
          .extracting(Descriptor::digest)
          .containsExactly(signature.digest());
    }
  }
}
