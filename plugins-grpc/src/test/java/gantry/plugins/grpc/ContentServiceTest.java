// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import containerd.services.content.v1.ContentGrpc;
import containerd.services.content.v1.ContentGrpc.ContentBlockingV2Stub;
import containerd.services.content.v1.InfoRequest;
import containerd.services.content.v1.ListContentRequest;
import containerd.services.content.v1.ListContentResponse;
import containerd.services.content.v1.ReadContentRequest;
import containerd.services.content.v1.ReadContentResponse;
import containerd.services.content.v1.StatusRequest;
import containerd.services.content.v1.WriteAction;
import containerd.services.content.v1.WriteContentRequest;
import containerd.services.content.v1.WriteContentResponse;
import gantry.labels.Labels;
import gantry.oci.Digest;
import gantry.testkit.SwitchedHandle;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ContentServiceTest {
  private final MemoryContent content = new MemoryContent();
  private final SwitchedHandle<gantry.metadata.Metadata> handle = new SwitchedHandle<>(metadata());
  private Served served;
  private ContentBlockingV2Stub stub;

  @BeforeEach
  void serve() throws Exception {
    served = Served.in("ns", new ContentService(handle));
    stub = ContentGrpc.newBlockingV2Stub(served.channel());
  }

  @AfterEach
  void close() throws Exception {
    served.close();
    assertThat(handle.openLeases()).isZero();
    assertThat(content.open).isEmpty();
  }

  private gantry.metadata.Metadata metadata() {
    return new Fakes().metadata(Map.of("content", arguments -> content));
  }

  private static WriteContentRequest.Builder write(WriteAction action, String data) {
    return WriteContentRequest.newBuilder()
        .setAction(action)
        .setRef("ref")
        .setData(ByteString.copyFromUtf8(data));
  }

  private static Digest digest(String text) {
    return Digest.sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void assertStatus(Code code, String text, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code))
        .hasMessageContaining(text);
  }

  @Test
  void write_appendsAndCommits() throws Exception {
    BlockingClientCall<WriteContentRequest, WriteContentResponse> call = stub.write();
    call.write(write(WriteAction.STAT, "").setTotal(6).build());
    WriteContentResponse stat = call.read();
    assertThat(stat.getOffset()).isZero();
    assertThat(stat.getTotal()).isEqualTo(6);
    assertThat(stat.getStartedAt().getSeconds()).isEqualTo(MemoryContent.AT.getEpochSecond());
    assertThat(stat.getDigest()).isEqualTo(digest("").toString());
    call.write(write(WriteAction.WRITE, "abc").build());
    assertThat(call.read().getOffset()).isEqualTo(3);
    call.write(
        write(WriteAction.COMMIT, "def")
            .setOffset(3)
            .setExpected(digest("abcdef").toString())
            .putLabels("k", "v")
            .build());
    WriteContentResponse commit = call.read();
    assertThat(commit.getAction()).isEqualTo(WriteAction.COMMIT);
    assertThat(commit.getOffset()).isEqualTo(6);
    assertThat(commit.getDigest()).isEqualTo(digest("abcdef").toString());
    assertThat(call.read()).isNull();
    assertThat(content.blobs).containsKey(digest("abcdef"));
    assertThat(content.labels).containsEntry(digest("abcdef"), Labels.of(Map.of("k", "v")));
  }

  @Test
  void write_goesOnInTheNextVersionOfTheMetadataPlugin() throws Exception {
    BlockingClientCall<WriteContentRequest, WriteContentResponse> call = stub.write();
    call.write(write(WriteAction.WRITE, "abc").build());
    assertThat(call.read().getOffset()).isEqualTo(3);
    content.version.incrementAndGet();
    handle.switchTo(metadata());
    call.write(write(WriteAction.WRITE, "def").setOffset(3).build());
    assertThat(call.read().getOffset()).isEqualTo(6);
    content.version.incrementAndGet();
    handle.switchTo(metadata());
    call.write(write(WriteAction.COMMIT, "").setOffset(6).build());
    assertThat(call.read().getDigest()).isEqualTo(digest("abcdef").toString());
    assertThat(content.blobs).containsKey(digest("abcdef"));
  }

  @Test
  void write_inOneMessage() throws Exception {
    BlockingClientCall<WriteContentRequest, WriteContentResponse> call = stub.write();
    call.write(write(WriteAction.COMMIT, "abc").build());
    assertThat(call.read().getDigest()).isEqualTo(digest("abc").toString());
  }

  @Test
  void write_withoutRef_isRefused() {
    assertStatus(
        Code.INVALID_ARGUMENT,
        "first message must have a reference",
        () -> {
          var call = stub.write();
          call.write(write(WriteAction.STAT, "").setRef("").build());
          call.read();
        });
  }

  @Test
  void write_whileTheRefIsOpen_isUnavailable() throws Exception {
    content.open.add("ref");
    assertStatus(
        Code.UNAVAILABLE,
        "locked",
        () -> {
          var call = stub.write();
          call.write(write(WriteAction.STAT, "").build());
          call.read();
        });
    content.open.clear();
  }

  @Test
  void halfClose_keepsTheIngest_andAnotherStreamResumesIt() throws Exception {
    var first = stub.write();
    first.write(write(WriteAction.WRITE, "abc").build());
    first.read();
    first.halfClose();
    assertThat(first.read()).isNull();
    assertThat(
            stub.status(StatusRequest.newBuilder().setRef("ref").build()).getStatus().getOffset())
        .isEqualTo(3);
    var second = stub.write();
    second.write(write(WriteAction.STAT, "").build());
    assertThat(second.read().getOffset()).isEqualTo(3);
    second.write(write(WriteAction.COMMIT, "d").setOffset(3).build());
    assertThat(second.read().getDigest()).isEqualTo(digest("abcd").toString());
  }

  @Test
  void offsetZero_startsAgain_andAnyOtherMustFit() throws Exception {
    var call = stub.write();
    call.write(write(WriteAction.WRITE, "abc").build());
    call.read();
    call.write(write(WriteAction.WRITE, "xy").setOffset(0).build());
    assertThat(call.read().getOffset()).isEqualTo(2);
    call.write(write(WriteAction.WRITE, "z").setOffset(7).build());
    assertStatus(Code.OUT_OF_RANGE, "must occur at current offset 2", call::read);
  }

  @Test
  void expectedThatCameMeanwhile_endsTheIngest() throws Exception {
    var call = stub.write();
    call.write(write(WriteAction.WRITE, "abc").build());
    call.read();
    content.add("abcdef".getBytes(StandardCharsets.UTF_8));
    call.write(
        write(WriteAction.WRITE, "def")
            .setOffset(3)
            .setExpected(digest("abcdef").toString())
            .build());
    assertStatus(Code.ALREADY_EXISTS, "exists", call::read);
    assertThat(content.ingests).isEmpty();
  }

  @Test
  void commitOfAnotherDigest_isRefusedAndKeepsTheIngest() throws Exception {
    var call = stub.write();
    call.write(write(WriteAction.COMMIT, "abc").setExpected(digest("x").toString()).build());
    assertStatus(Code.FAILED_PRECONDITION, "expected", call::read);
    assertThat(content.ingests).containsKey("ref");
  }

  private ByteArrayOutputStream read(ReadContentRequest request) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    var call = stub.read(request);
    for (ReadContentResponse part = call.read(); part != null; part = call.read()) {
      assertThat(part.getOffset()).isEqualTo(bytes.size());
      assertThat(part.getData().size()).isLessThanOrEqualTo(1 << 20);
      part.getData().writeTo(bytes);
    }
    return bytes;
  }

  @Test
  void read_returnsAllOrAPart() throws Exception {
    byte[] bytes = new byte[3 * ContentService.CHUNK + 17];
    new Random(1).nextBytes(bytes);
    String digest = content.add(bytes).toString();
    assertThat(read(ReadContentRequest.newBuilder().setDigest(digest).build()).toByteArray())
        .isEqualTo(bytes);
    assertThat(
            read(ReadContentRequest.newBuilder()
                    .setDigest(digest)
                    .setOffset(bytes.length - 5L)
                    .setSize(1000)
                    .build())
                .size())
        .isEqualTo(5);
    assertThat(
            read(ReadContentRequest.newBuilder().setDigest(digest).setOffset(-3).setSize(9).build())
                .size())
        .isEqualTo(9);
    assertStatus(
        Code.OUT_OF_RANGE,
        "past object length",
        () ->
            read(
                ReadContentRequest.newBuilder()
                    .setDigest(digest)
                    .setOffset(bytes.length + 1L)
                    .build()));
  }

  @Test
  void list_comesInBatches() throws Exception {
    for (int i = 0; i < 205; i++) {
      content.add(new byte[] {(byte) i, (byte) (i >> 8)});
    }
    List<Integer> sizes = new ArrayList<>();
    var call = stub.list(ListContentRequest.getDefaultInstance());
    for (ListContentResponse batch = call.read(); batch != null; batch = call.read()) {
      sizes.add(batch.getInfoCount());
    }
    assertThat(sizes).containsExactly(100, 100, 5);
  }

  @Test
  void badOrUnknownDigest_hasItsStatus() {
    assertStatus(
        Code.INVALID_ARGUMENT,
        "digest",
        () -> stub.info(InfoRequest.newBuilder().setDigest("nope").build()));
    assertStatus(
        Code.NOT_FOUND,
        "not found",
        () -> stub.info(InfoRequest.newBuilder().setDigest(digest("x").toString()).build()));
  }
}
