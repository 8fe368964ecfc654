// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.testkit.Blobs;
import gantry.testkit.registry.Fault;
import gantry.testkit.registry.FaultyRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FetchFaultsTest {
  private final FaultyRegistry registry = FaultyRegistry.start();
  private final Fixture client = new Fixture();
  private final byte[] bytes = Blobs.random(1, 300_000);
  private final Descriptor blob = registry.blob("app", MediaTypes.OCI_LAYER_GZIP, bytes);
  private final Repository repository = client.open(registry, "app:v1");

  @AfterEach
  void close() {
    client.close();
    registry.close();
  }

  private byte[] fetched(long offset) throws IOException {
    try (RemoteBlob remote = repository.fetch(blob, List.of(), offset)) {
      return remote.body().readAllBytes();
    }
  }

  @Test
  void fetch_cutInTheMiddle_failsAndGoesOnBehindIt() throws IOException {
    registry.fault(Fault.cutAfter(100_000).on("GET", "/blobs/").times(1));
    byte[] head;
    try (RemoteBlob remote = repository.fetch(blob, List.of(), 0)) {
      head = remote.body().readNBytes(100_000);
      assertThatThrownBy(() -> remote.body().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(registry.host())
          .hasMessageContaining("100000 bytes");
    }

    byte[] rest = fetched(head.length);

    assertThat(head).isEqualTo(Blobs.range(bytes, 0, 100_000));
    assertThat(rest).isEqualTo(Blobs.range(bytes, 100_000, bytes.length));
  }

  @Test
  void fetch_thatStalls_failsWithHostAndRate() throws IOException {
    registry.fault(Fault.stallAfter(5000).on("GET", "/blobs/"));
    try (Fixture hasty = new Fixture(Fixture.hasty(500));
        RemoteBlob remote = hasty.open(registry, "app:v1").fetch(blob, List.of(), 0)) {
      assertThatThrownBy(() -> remote.body().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageContaining(registry.host())
          .hasMessageContaining("too slow")
          .hasMessageContaining("5000 in all")
          .hasMessageContaining("bytes/s");
    }
  }

  @Test
  void fetch_thatTrickles_fails() throws IOException {
    registry.fault(Fault.trickle(2000, Duration.ofMillis(5)).on("GET", "/blobs/"));
    try (Fixture hasty = new Fixture(Fixture.hasty(500));
        RemoteBlob remote = hasty.open(registry, "app:v1").fetch(blob, List.of(), 0)) {
      assertThatThrownBy(() -> remote.body().readAllBytes())
          .isInstanceOf(IOException.class)
          .hasMessageContaining("too slow");
    }
  }

  @Test
  void fetch_byASlowReader_isNotTooSlow() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    try (Fixture hasty = new Fixture(Fixture.hasty(1000));
        RemoteBlob remote = hasty.open(registry, "app:v1").fetch(blob, List.of(), 0)) {
      remote.body().readNBytes(10);
      boolean over = never.await(1500, TimeUnit.MILLISECONDS);
      assertThat(over).isFalse();
      assertThat(remote.body().readAllBytes()).hasSize(bytes.length - 10);
    }
  }

  @Test
  void fetch_ofAnotherLength_isRefused() {
    registry.fault(Fault.length(299_000).on("GET", "/blobs/"));

    assertThatThrownBy(() -> fetched(0))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("299000 bytes, not 300000");
  }

  @Test
  void fetch_fromAHostWithoutRanges_leavesTheHeadOut() throws IOException {
    registry.fault(Fault.noRanges());

    assertThat(fetched(250_000)).isEqualTo(Blobs.range(bytes, 250_000, 300_000));
  }

  @Test
  void fetchRange_fromAHostWithoutRanges_isUnimplemented() {
    registry.fault(Fault.noRanges());

    assertThatThrownBy(() -> repository.fetchRange(blob, 10, 10))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("serves no ranges");
  }

  @Test
  void fetch_afterPassingErrors_works() throws IOException {
    registry.fault(Fault.status(503).times(2));
    registry.fault(Fault.drop().times(1));

    assertThat(fetched(0)).isEqualTo(bytes);
  }

  @Test
  void fetch_ofAManifestBomb_isRefusedBeforeItIsRead() {
    byte[] bomb = new byte[9 << 20];
    Descriptor lie =
        Descriptor.of(
            MediaTypes.OCI_MANIFEST,
            registry.manifest("app", "", MediaTypes.OCI_MANIFEST, bomb).digest(),
            0);

    assertThatThrownBy(() -> repository.fetch(lie, List.of(), 0))
        .isInstanceOf(ResourceExhaustedException.class)
        .hasMessageContaining("9437184 bytes");
    Descriptor honest = Descriptor.of(MediaTypes.OCI_MANIFEST, lie.digest(), bomb.length);
    registry.forget();
    assertThatThrownBy(() -> repository.fetch(honest, List.of(), 0))
        .isInstanceOf(ResourceExhaustedException.class);
    assertThat(registry.requests()).isEmpty();
  }

  @Test
  void fetch_ofAManifestThatIsLongerThanItsDescriptor_isRefused() {
    Descriptor manifest = registry.manifest("app", "", MediaTypes.OCI_MANIFEST, new byte[1000]);
    Descriptor less = Descriptor.of(MediaTypes.OCI_MANIFEST, manifest.digest(), 10);

    assertThatThrownBy(() -> repository.fetch(less, List.of(), 0))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void fetch_byForeignUrl_goesThereFirst() throws IOException {
    try (FaultyRegistry foreign = FaultyRegistry.start()) {
      foreign.blob("f", "x", bytes);
      String url = foreign.url() + "/v2/f/blobs/" + blob.digest();
      try (RemoteBlob remote = repository.fetch(blob, List.of("ftp://no", url), 0)) {
        assertThat(remote.body().readAllBytes()).isEqualTo(bytes);
        assertThat(remote.host()).isEqualTo(foreign.host());
      }
      foreign.fault(Fault.status(404));
      try (RemoteBlob remote = repository.fetch(blob, List.of(url), 0)) {
        assertThat(remote.host()).isEqualTo(registry.host());
      }
    }
  }

  @Test
  void fetch_interruptedWhileReading_endsAtOnce() throws Exception {
    registry.fault(Fault.stallAfter(1000).on("GET", "/blobs/"));
    try (Fixture patient = new Fixture(RegistrySettings.of("x"))) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      CountDownLatch reading = new CountDownLatch(1);
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (RemoteBlob remote =
                        patient.open(registry, "app:v1").fetch(blob, List.of(), 0)) {
                      remote.body().readNBytes(1000);
                      reading.countDown();
                      remote.body().readAllBytes();
                      outcome.complete(new AssertionError("read on"));
                    } catch (IOException | RuntimeException e) {
                      outcome.complete(e);
                    }
                  });
      assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();
      reader.interrupt();

      assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void fetch_interruptedBeforeTheAnswer_endsAtOnce() throws Exception {
    registry.fault(Fault.hang().on("GET", "/blobs/"));
    try (Fixture patient = new Fixture(RegistrySettings.of("x"))) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (RemoteBlob remote =
                        patient.open(registry, "app:v1").fetch(blob, List.of(), 0)) {
                      outcome.complete(new AssertionError("opened " + remote.host()));
                    } catch (IOException | RuntimeException e) {
                      outcome.complete(e);
                    }
                  });
      while (registry.count("GET", "/blobs/") == 0) {
        Thread.onSpinWait();
      }
      reader.interrupt();

      assertThat(outcome.get(5, TimeUnit.SECONDS)).isInstanceOf(CanceledException.class);
    }
  }

  @Test
  void fetch_ofNothingAnywhere_isNotFound() {
    registry.fault(Fault.status(404));

    assertThatThrownBy(() -> fetched(0)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void fetch_withACodingForTheWay_takesItOff() throws IOException {
    java.io.ByteArrayOutputStream coded = new java.io.ByteArrayOutputStream();
    try (var gzip = new java.util.zip.GZIPOutputStream(coded)) {
      gzip.write(bytes);
    }
    registry.fault(Fault.headers("Content-Encoding", "gzip").on("GET", "/blobs/"));
    Descriptor shelved = registry.blob("app", "x", coded.toByteArray());
    Descriptor plain = Descriptor.of("x", shelved.digest(), bytes.length);

    try (RemoteBlob remote = repository.fetch(plain, List.of(), 0)) {
      assertThat(remote.body().readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void fetch_afterTheClientClosed_fails() {
    client.close();

    assertThatThrownBy(() -> fetched(0)).isInstanceOf(UnavailableException.class);
  }
}
