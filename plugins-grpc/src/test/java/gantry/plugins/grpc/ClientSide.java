// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Any;
import containerd.services.streaming.v1.StreamInit;
import containerd.services.streaming.v1.StreamingGrpc;
import gantry.streaming.MessageStream;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import io.grpc.CallOptions;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A stream as a client has it. */
final class ClientSide implements MessageStream {
  private final BlockingClientCall<Any, Any> call;

  private ClientSide(BlockingClientCall<Any, Any> call) {
    this.call = call;
  }

  /** Opens a stream and waits until the daemon knows it. */
  static ClientSide open(Served served, String id) throws IOException {
    ClientSide side =
        new ClientSide(
            ClientCalls.blockingBidiStreamingCall(
                served.channel(), StreamingGrpc.getStreamMethod(), CallOptions.DEFAULT));
    side.send(AnyWire.typed(StreamInit.newBuilder().setId(id).build()));
    TypedValue first = side.receive(Duration.ofSeconds(10));
    if (first == null || !first.typeUrl().equals("google.protobuf.Empty")) {
      throw new IOException("answered " + first);
    }
    return side;
  }

  @Override
  public void send(TypedValue message) throws IOException {
    try {
      call.write(AnyWire.encode(message), 10, TimeUnit.SECONDS);
    } catch (StatusException | TimeoutException | InterruptedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public @Nullable TypedValue receive(Duration deadline) throws IOException {
    try {
      Any message = call.read(deadline.toMillis(), TimeUnit.MILLISECONDS);
      return message == null ? null : AnyWire.decode(message);
    } catch (StatusException | TimeoutException | InterruptedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void onClose(Runnable action) {}

  /** Says that it will send no more. */
  @Override
  public void close() {
    call.halfClose();
  }

  /** Leaves without a word. */
  void leave() {
    call.cancel("gone", null);
  }
}
