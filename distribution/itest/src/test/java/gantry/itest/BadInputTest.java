// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import containerd.services.containers.v1.Container;
import containerd.services.containers.v1.ContainersGrpc;
import containerd.services.containers.v1.CreateContainerRequest;
import containerd.services.containers.v1.ListContainersRequest;
import containerd.services.content.v1.ContentGrpc;
import containerd.services.content.v1.ListContentRequest;
import containerd.services.content.v1.ReadContentRequest;
import containerd.services.content.v1.WriteAction;
import containerd.services.content.v1.WriteContentRequest;
import containerd.services.content.v1.WriteContentResponse;
import containerd.services.diff.v1.ApplyRequest;
import containerd.services.diff.v1.DiffGrpc;
import containerd.services.images.v1.GetImageRequest;
import containerd.services.images.v1.ImagesGrpc;
import containerd.services.images.v1.ListImagesRequest;
import containerd.services.snapshots.v1.ListSnapshotsRequest;
import containerd.services.snapshots.v1.PrepareSnapshotRequest;
import containerd.services.snapshots.v1.SnapshotsGrpc;
import containerd.services.tasks.v1.CreateTaskRequest;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.types.Descriptor;
import containerd.types.Mount;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests no good client sends: each gets the status containerd gives, and leaves nothing. */
class BadInputTest {
  private static final String NONE =
      "sha256:0000000000000000000000000000000000000000000000000000000000000000";

  @TempDir static Path home;

  private static Daemon daemon;
  private static Channels channels;

  @BeforeAll
  static void start() {
    daemon = Daemon.gantry(home).start();
    channels = new Channels(daemon.address());
  }

  @AfterAll
  static void stop() {
    channels.close();
    daemon.close();
  }

  @Test
  void call_withoutNamespace_isFailedPrecondition() {
    var images = ImagesGrpc.newBlockingStub(channels.bare());

    var error = refused(() -> images.list(ListImagesRequest.getDefaultInstance()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(error.getStatus().getDescription()).contains("namespace is required");
  }

  @Test
  void call_withBadNamespace_isInvalidArgument() {
    var containers = Channels.in("no/slash", ContainersGrpc.newBlockingStub(channels.bare()));

    var error = refused(() -> containers.list(ListContainersRequest.getDefaultInstance()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void call_withUnknownLease_isNotFound() throws Exception {
    var content = Channels.leased("bad", "nowhere", ContentGrpc.newStub(channels.bare()));

    Status status = write(content, write("leased").setData(bytes("x")).build());

    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription()).contains("lease does not exist");
  }

  @Test
  void containerCreate_withBadId_isInvalidArgumentAndLeavesNothing() {
    var containers = Channels.in("bad", ContainersGrpc.newBlockingStub(channels.bare()));

    var error =
        refused(() -> containers.create(container("../escape", "io.containerd.runc.v2", true)));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(containers.list(ListContainersRequest.getDefaultInstance()).getContainersList())
        .isEmpty();
  }

  @Test
  void containerCreate_withoutRuntimeOrSpec_isInvalidArgument() {
    var containers = Channels.in("bad", ContainersGrpc.newBlockingStub(channels.bare()));

    assertThat(refused(() -> containers.create(container("c", "", true))).getStatus().getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            refused(() -> containers.create(container("c", "io.containerd.runc.v2", false)))
                .getStatus()
                .getCode())
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void prepare_withUnknownSnapshotter_isInvalidArgument() {
    var snapshots = Channels.in("bad", SnapshotsGrpc.newBlockingStub(channels.bare()));

    var error =
        refused(
            () ->
                snapshots.prepare(
                    PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter("nothing")
                        .setKey("k")
                        .build()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(error.getStatus().getDescription()).contains("snapshotter not loaded: nothing");
  }

  @Test
  void image_thatDoesNotExist_isNotFound() {
    var images = Channels.in("bad", ImagesGrpc.newBlockingStub(channels.bare()));

    var error = refused(() -> images.get(GetImageRequest.newBuilder().setName("nowhere").build()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void task_ofAContainerThatDoesNotExist_isNotFound() {
    var tasks = Channels.in("bad", TasksGrpc.newBlockingStub(channels.bare()));

    var error =
        refused(
            () -> tasks.create(CreateTaskRequest.newBuilder().setContainerId("nowhere").build()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void task_ofAnUnknownRuntime_saysSoAndLeavesNoBundle() {
    var containers = Channels.in("strange", ContainersGrpc.newBlockingStub(channels.bare()));
    var tasks = Channels.in("strange", TasksGrpc.newBlockingStub(channels.bare()));
    containers.create(container("strange", "io.containerd.strange.v1", true));

    var error =
        refused(
            () -> tasks.create(CreateTaskRequest.newBuilder().setContainerId("strange").build()));

    assertThat(error.getStatus().getDescription()).contains("io.containerd.strange.v1");
    assertThat(home.resolve("state/io.containerd.runtime.v2.task/strange/strange")).doesNotExist();
  }

  @Test
  void commit_withAWrongDigest_isFailedPrecondition() throws Exception {
    Status status =
        write(
            content(),
            write("wrong-digest")
                .setAction(WriteAction.COMMIT)
                .setData(bytes("abc"))
                .setExpected(NONE)
                .build());

    assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(blobs()).isZero();
  }

  @Test
  void commit_withAWrongSize_isFailedPrecondition() throws Exception {
    Status status =
        write(
            content(),
            write("wrong-size")
                .setAction(WriteAction.COMMIT)
                .setData(bytes("abc"))
                .setTotal(7)
                .build());

    assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(blobs()).isZero();
  }

  @Test
  void write_beyondTheEnd_isOutOfRange() throws Exception {
    Status status =
        write(
            content(),
            write("gap").setData(bytes("abc")).build(),
            write("gap").setData(bytes("def")).setOffset(10).build());

    assertThat(status.getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
  }

  @Test
  void write_withoutRef_isInvalidArgument() throws Exception {
    Status status = write(content(), write("").setData(bytes("abc")).build());

    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void read_beyondTheEnd_isOutOfRange() throws Exception {
    var other = Channels.in("reading", ContentGrpc.newStub(channels.bare()));
    Status committed =
        write(other, write("read").setAction(WriteAction.COMMIT).setData(bytes("abc")).build());
    assertThat(committed.getCode()).isEqualTo(Status.Code.OK);
    var content = Channels.in("reading", ContentGrpc.newBlockingStub(channels.bare()));

    var error =
        refused(
            () ->
                content
                    .read(
                        ReadContentRequest.newBuilder()
                            .setDigest(digest("abc".getBytes(StandardCharsets.UTF_8)))
                            .setOffset(4)
                            .build())
                    .next());

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
  }

  @Test
  void apply_ofATruncatedLayer_fails() throws Exception {
    byte[] whole = gzip(new byte[64 * 1024]);
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length / 2);
    var stub = Channels.in("cut", ContentGrpc.newStub(channels.bare()));
    write(
        stub, write("cut").setAction(WriteAction.COMMIT).setData(ByteString.copyFrom(cut)).build());
    Path target = Files.createDirectories(home.resolve("target"));
    var diff = Channels.in("cut", DiffGrpc.newBlockingStub(channels.bare()));

    var error =
        refused(
            () ->
                diff.apply(
                    ApplyRequest.newBuilder()
                        .setDiff(
                            Descriptor.newBuilder()
                                .setMediaType("application/vnd.oci.image.layer.v1.tar+gzip")
                                .setDigest(digest(cut))
                                .setSize(cut.length))
                        .addMounts(
                            Mount.newBuilder()
                                .setType("bind")
                                .setSource(target.toString())
                                .addOptions("rbind")
                                .addOptions("rw"))
                        .build()));

    assertThat(error.getStatus().getDescription()).isNotBlank();
    assertThat(
            new Shell(java.util.Map.of(), java.time.Duration.ofSeconds(5))
                .bash("grep -c gantry.*mount /proc/mounts; true")
                .output()
                .trim())
        .isEqualTo("0");
  }

  @Test
  void unknownService_isUnimplementedInGoWords() {
    var error =
        refused(
            () ->
                io.grpc.stub.ClientCalls.blockingUnaryCall(
                    channels.bare(),
                    ImagesGrpc.getListMethod().toBuilder()
                        .setFullMethodName("nobody.Service/Call")
                        .build(),
                    io.grpc.CallOptions.DEFAULT,
                    ListImagesRequest.getDefaultInstance()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
    assertThat(error.getStatus().getDescription()).contains("unknown service nobody.Service");
  }

  @Test
  void list_withABadFilter_isInvalidArgument() {
    var images = Channels.in("bad", ImagesGrpc.newBlockingStub(channels.bare()));

    var error =
        refused(
            () -> images.list(ListImagesRequest.newBuilder().addFilters("name==\"open").build()));

    assertThat(error.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(error.getStatus().getDescription()).contains("parse error");
  }

  @Test
  void snapshots_ofAnEmptyNamespace_areNone() {
    var snapshots = Channels.in("empty", SnapshotsGrpc.newBlockingStub(channels.bare()));

    assertThat(
            snapshots
                .list(ListSnapshotsRequest.newBuilder().setSnapshotter("overlayfs").build())
                .hasNext())
        .isFalse();
  }

  private static StatusRuntimeException refused(ThrowingCallable call) {
    StatusRuntimeException error = catchThrowableOfType(StatusRuntimeException.class, call);
    assertThat(error).as("the call is refused").isNotNull();
    return error;
  }

  private static CreateContainerRequest container(String id, String runtime, boolean spec) {
    Container.Builder container = Container.newBuilder().setId(id);
    container.setRuntime(Container.Runtime.newBuilder().setName(runtime));
    if (spec) {
      container.setSpec(
          Any.newBuilder()
              .setTypeUrl("types.containerd.io/opencontainers/runtime-spec/1/Spec")
              .setValue(ByteString.copyFromUtf8("{}")));
    }
    return CreateContainerRequest.newBuilder().setContainer(container).build();
  }

  private static ContentGrpc.ContentStub content() {
    return Channels.in("bad-content", ContentGrpc.newStub(channels.bare()));
  }

  private static int blobs() {
    var content = Channels.in("bad-content", ContentGrpc.newBlockingStub(channels.bare()));
    int count = 0;
    var batches = content.list(ListContentRequest.getDefaultInstance());
    while (batches.hasNext()) {
      count += batches.next().getInfoCount();
    }
    return count;
  }

  private static WriteContentRequest.Builder write(String ref) {
    return WriteContentRequest.newBuilder().setAction(WriteAction.WRITE).setRef(ref);
  }

  /** Sends the requests on one stream and tells how it ended. */
  private static Status write(ContentGrpc.ContentStub stub, WriteContentRequest... requests)
      throws Exception {
    CompletableFuture<Status> end = new CompletableFuture<>();
    StreamObserver<WriteContentRequest> stream =
        stub.write(
            new StreamObserver<>() {
              @Override
              public void onNext(WriteContentResponse response) {}

              @Override
              public void onError(Throwable error) {
                end.complete(Status.fromThrowable(error));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    for (WriteContentRequest request : requests) {
      stream.onNext(request);
    }
    stream.onCompleted();
    return end.get(20, TimeUnit.SECONDS);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static String digest(byte[] bytes) throws Exception {
    return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private static byte[] gzip(byte[] bytes) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      new java.util.Random(1).nextBytes(bytes);
      gzip.write(bytes);
    }
    return out.toByteArray();
  }
}
