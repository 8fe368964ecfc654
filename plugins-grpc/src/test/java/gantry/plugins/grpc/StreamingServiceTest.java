// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import containerd.services.streaming.v1.StreamingGrpc;
import containerd.types.transfer.ImageStore;
import gantry.testkit.FixedHandle;
import gantry.wire.AnyWire;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StreamingServiceTest {
  private final Table table = new Table();
  private Served streaming;

  @BeforeEach
  void serve() throws IOException {
    streaming = Served.in("ns", new StreamingService(FixedHandle.of(table)));
  }

  @AfterEach
  void stop() {
    streaming.close();
  }

  @Test
  void streamThatDoesNotSayItsName_isRefused() {
    for (Any first :
        List.of(
            Any.getDefaultInstance(),
            AnyWire.pack(ImageStore.getDefaultInstance()),
            Any.newBuilder()
                .setTypeUrl("containerd.services.streaming.v1.StreamInit")
                .setValue(ByteString.copyFromUtf8("\u00ff\u00ff"))
                .build())) {
      var call =
          ClientCalls.blockingBidiStreamingCall(
              streaming.channel(), StreamingGrpc.getStreamMethod(), CallOptions.DEFAULT);
      assertThatThrownBy(
              () -> {
                call.write(first);
                call.read(10, TimeUnit.SECONDS);
              })
          .hasMessageStartingWith("INVALID_ARGUMENT: open stream");
    }
  }

  @Test
  void secondStreamOfAnId_isRefused() throws Exception {
    ClientSide stream = ClientSide.open(streaming, "one");

    assertThatThrownBy(() -> ClientSide.open(streaming, "one"))
        .hasMessageContaining("ALREADY_EXISTS");
    stream.leave();
  }

  @Test
  void streamWhoseClientLeaves_isForgotten() throws Exception {
    ClientSide stream = ClientSide.open(streaming, "one");
    CountDownLatch forgotten = new CountDownLatch(1);
    Objects.requireNonNull(table.streams.get("one")).onClose(forgotten::countDown);
    stream.leave();

    assertThat(forgotten.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(table.streams).isEmpty();
  }
}
