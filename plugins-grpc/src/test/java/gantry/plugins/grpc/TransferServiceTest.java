// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import containerd.services.transfer.v1.TransferGrpc;
import containerd.services.transfer.v1.TransferOptions;
import containerd.services.transfer.v1.TransferRequest;
import containerd.types.Platform;
import containerd.types.transfer.HTTPDebug;
import containerd.types.transfer.ImageExportStream;
import containerd.types.transfer.ImageImportStream;
import containerd.types.transfer.ImageReference;
import containerd.types.transfer.ImageStore;
import containerd.types.transfer.OCIRegistry;
import containerd.types.transfer.RegistryResolver;
import containerd.types.transfer.UnpackConfiguration;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.metadata.Caller;
import gantry.testkit.FixedHandle;
import gantry.testkit.SwitchedHandle;
import gantry.transfer.Credentials;
import gantry.transfer.ExportArchive;
import gantry.transfer.ImportArchive;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryAccess.HttpDebug;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import gantry.transfer.TransferEnd;
import gantry.transfer.Transfers;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.ByteStreamReader;
import gantry.wire.ByteStreamWriter;
import gantry.wire.TransferMessageWire;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TransferServiceTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  private final Table table = new Table();
  private final CompletableFuture<Caller> caller = new CompletableFuture<>();
  private final CompletableFuture<List<TransferEnd>> ends = new CompletableFuture<>();
  private Work work = (source, destination, progress) -> {};
  private Served streaming;
  private Served transfers;

  /** What the engine does. */
  private interface Work {
    void run(TransferEnd source, TransferEnd destination, ProgressListener progress)
        throws IOException;
  }

  @BeforeEach
  void serve() throws IOException {
    Transfers engine =
        (who, source, destination, progress) -> {
          caller.complete(who);
          ends.complete(List.of(source, destination));
          work.run(source, destination, progress);
        };
    streaming = Served.in("ns", new StreamingService(FixedHandle.of(table)));
    transfers =
        Served.in("ns", "work", new TransferService(FixedHandle.of(engine), FixedHandle.of(table)));
  }

  @AfterEach
  void stop() {
    transfers.close();
    streaming.close();
  }

  private static TransferRequest request(Message source, Message destination, String progress) {
    return TransferRequest.newBuilder()
        .setSource(AnyWire.pack(source))
        .setDestination(AnyWire.pack(destination))
        .setOptions(TransferOptions.newBuilder().setProgressStream(progress))
        .build();
  }

  private void transfer(Message source, Message destination) {
    Objects.requireNonNull(
        TransferGrpc.newBlockingStub(transfers.channel())
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .transfer(request(source, destination, "")));
  }

  private Future<?> begin(Message source, Message destination, String progress) {
    return TransferGrpc.newFutureStub(transfers.channel())
        .transfer(request(source, destination, progress));
  }

  @Test
  void ends_areDecodedInFull() throws Exception {
    Platform arm = Platform.newBuilder().setOs("linux").setArchitecture("arm").build();
    transfer(
        OCIRegistry.newBuilder()
            .setReference("r.example/a:1")
            .setResolver(
                RegistryResolver.newBuilder()
                    .setHostDir("/etc/hosts.d")
                    .setDefaultScheme("http")
                    .putHeaders("X-One", "1"))
            .build(),
        ImageStore.newBuilder()
            .setName("a")
            .putLabels("k", "v")
            .addPlatforms(arm)
            .setAllMetadata(true)
            .setManifestLimit(3)
            .addExtraReferences(
                ImageReference.newBuilder().setName("p").setIsPrefix(true).setAddDigest(true))
            .addUnpacks(UnpackConfiguration.newBuilder().setPlatform(arm).setSnapshotter("native"))
            .build());

    assertThat(caller.get().namespace().name()).isEqualTo("ns");
    assertThat(caller.get().leaseId()).isEqualTo("work");
    RegistryImage source = (RegistryImage) ends.get().getFirst();
    assertThat(source.reference()).isEqualTo("r.example/a:1");
    assertThat(source.access().headers()).isEqualTo(Map.of("X-One", List.of("1")));
    assertThat(source.access().hostsDirectory()).isEqualTo("/etc/hosts.d");
    assertThat(source.access().defaultScheme()).isEqualTo("http");
    assertThat(source.access().debug()).isEqualTo(HttpDebug.NONE);
    assertThat(source.access().log()).isNull();
    gantry.oci.Platform platform = new gantry.oci.Platform("linux", "arm", "");
    assertThat(ends.get().getLast())
        .isEqualTo(
            new StoredImage(
                "a",
                Labels.of(Map.of("k", "v")),
                List.of(platform),
                true,
                3,
                List.of(new StoredImage.ExtraReference("p", true, false, true, false)),
                List.of(new StoredImage.UnpackTarget(platform, "native"))));
  }

  @Test
  void pairThatNothingServes_isUnimplementedAndNamed() {
    work =
        (source, destination, progress) -> {
          throw new UnimplementedException("no");
        };

    assertThatThrownBy(
            () -> transfer(ImageStore.getDefaultInstance(), OCIRegistry.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessage(
            "UNIMPLEMENTED: method Transfer not implemented for"
                + " containerd.types.transfer.ImageStore to containerd.types.transfer.OCIRegistry:"
                + " not implemented");
  }

  @Test
  void thingsThatDoNotTransfer_areUnimplemented() {
    assertThatThrownBy(() -> transfer(Any.getDefaultInstance(), ImageStore.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("UNIMPLEMENTED: ");
  }

  @Test
  void streamThatIsNotOpen_isNotFound() {
    assertThatThrownBy(
            () ->
                transfer(
                    ImageImportStream.newBuilder().setStream("none").build(),
                    ImageStore.getDefaultInstance()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageStartingWith("NOT_FOUND: stream none");
  }

  @Test
  void importedBytes_arriveWholeAndTheStreamEnds() throws Exception {
    byte[] archive = new byte[1_000_003];
    new Random(1).nextBytes(archive);
    CompletableFuture<byte[]> arrived = new CompletableFuture<>();
    work =
        (source, destination, progress) ->
            arrived.complete(((ImportArchive) source).stream().readAllBytes());
    ClientSide stream = ClientSide.open(streaming, "in");
    Future<?> call =
        begin(
            ImageImportStream.newBuilder().setStream("in").setForceCompress(true).build(),
            ImageStore.getDefaultInstance(),
            "");
    // does not close: that would end the reading side too
    OutputStream out = new ByteStreamWriter(stream, SOON);
    out.write(archive);
    stream.close();
    call.get(10, TimeUnit.SECONDS);

    assertThat(arrived.get()).isEqualTo(archive);
    assertThat(((ImportArchive) ends.get().getFirst()).forceCompress()).isTrue();
    while (stream.receive(SOON) != null) {
      // leave to send more, which nobody needs
    }
    assertThat(table.streams).isEmpty();
  }

  @Test
  void importWhoseClientLeaves_isNotTakenForWhole() throws Exception {
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    work =
        (source, destination, progress) -> {
          try {
            seen.complete(
                new AssertionError(((ImportArchive) source).stream().readAllBytes().length));
          } catch (IOException e) {
            seen.complete(e);
          }
        };
    ClientSide stream = ClientSide.open(streaming, "in");
    Future<?> _ =
        begin(
            ImageImportStream.newBuilder().setStream("in").build(),
            ImageStore.getDefaultInstance(),
            "");
    new ByteStreamWriter(stream, SOON).write(new byte[100]);
    stream.leave();

    assertThat(seen.get(10, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in");
  }

  @Test
  void exportedBytes_areSentAsTheClientTakesThem() throws Exception {
    byte[] archive = new byte[1_000_003];
    new Random(2).nextBytes(archive);
    work =
        (source, destination, progress) -> {
          try (OutputStream out = ((ExportArchive) destination).stream()) {
            out.write(archive);
          }
        };
    ClientSide stream = ClientSide.open(streaming, "out");
    Future<?> call =
        begin(
            ImageStore.getDefaultInstance(),
            ImageExportStream.newBuilder().setStream("out").setAllPlatforms(true).build(),
            "");

    try (ByteStreamReader reader = new ByteStreamReader(stream, SOON)) {
      assertThat(reader.readAllBytes()).isEqualTo(archive);
    }
    call.get(10, TimeUnit.SECONDS);
    assertThat(((ExportArchive) ends.get().getLast()).allPlatforms()).isTrue();
  }

  @Test
  void credentials_areAskedOfTheClient() throws Exception {
    CompletableFuture<List<Credentials>> got = new CompletableFuture<>();
    work =
        (source, destination, progress) -> {
          var access = ((RegistryImage) source).access();
          List<Credentials> answers = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            answers.add(
                access.credentials().credentials("r.example", "r.example/a:1", List.of("Basic")));
          }
          got.complete(answers);
        };
    List<Credentials> given =
        List.of(
            new Credentials.Password("bob", "secret"),
            new Credentials.RefreshToken("token"),
            new Credentials.Header("Basic xyz"),
            Credentials.NONE);
    ClientSide stream = ClientSide.open(streaming, "auth");
    Future<?> _ =
        begin(
            OCIRegistry.newBuilder()
                .setResolver(RegistryResolver.newBuilder().setAuthStream("auth"))
                .build(),
            ImageStore.getDefaultInstance(),
            "");
    for (Credentials answer : given) {
      TypedValue asked = Objects.requireNonNull(stream.receive(SOON));
      assertThat(TransferMessageWire.question(asked))
          .isEqualTo(
              new TransferMessageWire.CredentialQuestion(
                  "r.example", "r.example/a:1", List.of("Basic")));
      stream.send(TransferMessageWire.encode(answer));
    }

    assertThat(got.get(10, TimeUnit.SECONDS)).isEqualTo(given);
  }

  @Test
  void httpLog_isSentByLines() throws Exception {
    work =
        (source, destination, progress) -> {
          OutputStream log = Objects.requireNonNull(((RegistryImage) source).access().log());
          log.write("GET /v2/\nend".getBytes(StandardCharsets.UTF_8));
        };
    ClientSide stream = ClientSide.open(streaming, "log");
    Future<?> _ =
        begin(
            OCIRegistry.newBuilder()
                .setResolver(
                    RegistryResolver.newBuilder().setHttpDebug(HTTPDebug.BOTH).setLogsStream("log"))
                .build(),
            ImageStore.getDefaultInstance(),
            "");

    try (ByteStreamReader reader = new ByteStreamReader(stream, SOON)) {
      assertThat(reader.readAllBytes()).asString().isEqualTo("GET /v2/\nend");
    }
  }

  @Test
  void progress_isToldToItsLastStepBeforeTheEnd() throws Exception {
    work =
        (source, destination, progress) -> {
          progress.progressed(new Progress("downloading", "layer", List.of("m"), 1, 2, null));
          progress.progressed(Progress.of("Completed pull"));
        };
    ClientSide stream = ClientSide.open(streaming, "progress");
    Future<?> call =
        begin(OCIRegistry.getDefaultInstance(), ImageStore.getDefaultInstance(), "progress");
    List<Progress> told = new ArrayList<>();
    for (TypedValue next = stream.receive(SOON); next != null; next = stream.receive(SOON)) {
      told.add(TransferMessageWire.progress(next));
    }
    call.get(10, TimeUnit.SECONDS);

    assertThat(told)
        .containsExactly(
            new Progress("downloading", "layer", List.of("m"), 1, 2, null),
            Progress.of("Completed pull"));
  }

  @Test
  void progress_thatIsNotReadHoldsNothingUp() throws Exception {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    work =
        (source, destination, progress) -> {
          for (int i = 0; i < 200_000; i++) {
            progress.progressed(new Progress("downloading", "layer", List.of(), i, 0, null));
          }
          progress.progressed(new Progress("complete", "layer", List.of(), 200_000, 0, null));
          told.complete(true);
        };
    ClientSide stream = ClientSide.open(streaming, "progress");
    Future<?> call =
        begin(OCIRegistry.getDefaultInstance(), ImageStore.getDefaultInstance(), "progress");

    assertThat(told.get(10, TimeUnit.SECONDS)).isTrue();
    String last = "";
    for (TypedValue next = stream.receive(SOON); next != null; next = stream.receive(SOON)) {
      last = TransferMessageWire.progress(next).event();
    }
    call.get(10, TimeUnit.SECONDS);
    assertThat(last).isEqualTo("complete");
  }

  @Test
  void clientThatLeaves_interruptsTheTransfer() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    work =
        (source, destination, progress) -> {
          begun.countDown();
          try {
            interrupted.complete(new CountDownLatch(1).await(20, TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            interrupted.complete(true);
          }
        };
    Future<?> call = begin(OCIRegistry.getDefaultInstance(), ImageStore.getDefaultInstance(), "");
    begun.await();
    call.cancel(true);

    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void pullWhosePluginIsReplaced_goesOnInTheNextVersion() throws Exception {
    SwitchedHandle<Transfers> versions =
        new SwitchedHandle<>((who, source, destination, progress) -> {});
    versions.switchTo(
        (who, source, destination, progress) -> {
          versions.switchTo(
              (nextWho, from, to, listener) ->
                  listener.progressed(Progress.of("done by the next")));
          throw new UnavailableException("closed");
        });
    try (Served replaced = Served.in("ns", new TransferService(versions, FixedHandle.of(table)))) {
      ClientSide stream = ClientSide.open(streaming, "progress");
      Future<?> call =
          TransferGrpc.newFutureStub(replaced.channel())
              .transfer(
                  request(
                      OCIRegistry.getDefaultInstance(),
                      ImageStore.getDefaultInstance(),
                      "progress"));

      assertThat(TransferMessageWire.progress(Objects.requireNonNull(stream.receive(SOON))))
          .isEqualTo(Progress.of("done by the next"));
      call.get(10, TimeUnit.SECONDS);
      assertThat(versions.openLeases()).isZero();
    }
  }

  @Test
  void pullThatFails_failsOnce() {
    work =
        (source, destination, progress) -> {
          throw new UnavailableException("registry down");
        };

    assertThatThrownBy(
            () -> transfer(OCIRegistry.getDefaultInstance(), ImageStore.getDefaultInstance()))
        .hasMessageContaining("registry down");
  }

  @Test
  void importOfSomethingElseThanBytes_fails() throws Exception {
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    work =
        (source, destination, progress) -> {
          try {
            seen.complete(
                new AssertionError(((ImportArchive) source).stream().readAllBytes().length));
          } catch (IOException e) {
            seen.complete(e);
          }
        };
    ClientSide stream = ClientSide.open(streaming, "in");
    Future<?> _ =
        begin(
            ImageImportStream.newBuilder().setStream("in").build(),
            ImageStore.getDefaultInstance(),
            "");
    stream.send(AnyWire.typed(ImageStore.getDefaultInstance()));

    assertThat(seen.get(10, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("containerd.types.transfer.Data");
  }
}
