// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import containerd.services.events.v1.EventsGrpc;
import containerd.services.events.v1.SubscribeRequest;
import containerd.services.streaming.v1.StreamingGrpc;
import containerd.services.version.v1.VersionGrpc;
import containerd.services.version.v1.VersionResponse;
import containerd.types.Envelope;
import gantry.errors.CanceledException;
import gantry.errors.ConflictException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RepliesTest {
  private final Replies replies = new Replies();

  private Served version(Replies.Unary<Empty, VersionResponse> method) throws IOException {
    return Served.in(
        "ns",
        () ->
            ServerServiceDefinition.builder(VersionGrpc.getServiceDescriptor())
                .addMethod(VersionGrpc.getVersionMethod(), replies.waiting(method))
                .build());
  }

  private static VersionGrpc.VersionBlockingStub stub(Served served) {
    return VersionGrpc.newBlockingStub(served.channel());
  }

  @Test
  void failure_isMappedToItsStatus() throws Exception {
    try (Served served =
        version(
            (headers, request) -> {
              throw new ConflictException("update x");
            })) {
      assertThatThrownBy(() -> stub(served).version(Empty.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage("FAILED_PRECONDITION: update x: conflict");
    }
  }

  @Test
  void unexpectedFailure_isUnknownWithItsText() throws Exception {
    try (Served served =
        version(
            (headers, request) -> {
              throw new IOException("disk on fire");
            })) {
      assertThatThrownBy(() -> stub(served).version(Empty.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessage("UNKNOWN: disk on fire");
    }
  }

  @Test
  void headers_reachTheMethod() throws Exception {
    try (Served served =
        version(
            (headers, request) ->
                VersionResponse.newBuilder().setVersion(headers.namespace().name()).build())) {
      assertThat(stub(served).version(Empty.getDefaultInstance()).getVersion()).isEqualTo("ns");
    }
  }

  @Test
  void waitingMethod_isInterruptedWhenTheClientGivesUp() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    try (Served served =
        version(
            (headers, request) -> {
              started.countDown();
              try {
                new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                interrupted.complete(false);
              } catch (InterruptedException expected) {
                interrupted.complete(true);
              }
              return VersionResponse.getDefaultInstance();
            })) {
      var call = VersionGrpc.newFutureStub(served.channel()).version(Empty.getDefaultInstance());
      started.await();
      call.cancel(true);
      assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void stream_waitsForTheClientToMakeRoom() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    CompletableFuture<Status> ended = new CompletableFuture<>();
    CompletableFuture<Integer> sentWhenOneArrived = new CompletableFuture<>();
    try (Served served =
        Served.in(
            "ns",
            () ->
                ServerServiceDefinition.builder(EventsGrpc.getServiceDescriptor())
                    .addMethod(
                        EventsGrpc.getSubscribeMethod(),
                        replies.<SubscribeRequest, Envelope>streaming(
                            (headers, request, answers) -> {
                              for (int i = 0; i < 500; i++) {
                                answers.send(Envelope.getDefaultInstance());
                                sent.incrementAndGet();
                              }
                            }))
                    .addMethod(
                        EventsGrpc.getPublishMethod(),
                        replies.unary((headers, request) -> Empty.getDefaultInstance()))
                    .addMethod(
                        EventsGrpc.getForwardMethod(),
                        replies.unary((headers, request) -> Empty.getDefaultInstance()))
                    .build())) {
      ClientCall<SubscribeRequest, Envelope> call =
          served.channel().newCall(EventsGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onMessage(Envelope message) {
              sentWhenOneArrived.complete(sent.get());
              call.request(1);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
              ended.complete(status);
            }
          },
          new Metadata());
      call.sendMessage(SubscribeRequest.getDefaultInstance());
      call.halfClose();
      call.request(1);
      assertThat(sentWhenOneArrived.get(10, TimeUnit.SECONDS)).isLessThan(10);
      assertThat(ended.get(10, TimeUnit.SECONDS).isOk()).isTrue();
      assertThat(sent).hasValue(500);
    }
  }

  @Test
  void conversation_seesEveryMessageAndTheEnd() throws Exception {
    try (Served served =
        Served.in(
            "ns",
            () ->
                ServerServiceDefinition.builder(StreamingGrpc.getServiceDescriptor())
                    .addMethod(
                        StreamingGrpc.getStreamMethod(),
                        replies.<Any, Any>conversation(
                            (headers, requests, answers) -> {
                              int count = 0;
                              while (requests.next().isPresent()) {
                                count++;
                              }
                              answers.send(Any.newBuilder().setTypeUrl("n" + count).build());
                            }))
                    .build())) {
      BlockingClientCall<Any, Any> call =
          StreamingGrpc.newBlockingV2Stub(served.channel()).stream();
      for (int i = 0; i < 3; i++) {
        call.write(Any.getDefaultInstance());
      }
      call.halfClose();
      assertThat(call.read().getTypeUrl()).isEqualTo("n3");
    }
  }

  @Test
  void callWithoutRequest_isRefused() throws Exception {
    CompletableFuture<Status> ended = new CompletableFuture<>();
    try (Served served = version((headers, request) -> VersionResponse.getDefaultInstance())) {
      ClientCall<Empty, VersionResponse> call =
          served.channel().newCall(VersionGrpc.getVersionMethod(), CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              ended.complete(status);
            }
          },
          new Metadata());
      call.halfClose();
      assertThat(ended.get(10, TimeUnit.SECONDS).getCode()).isEqualTo(Code.INVALID_ARGUMENT);
    }
  }

  /** As when the server closes the call of a service that leaves, or of a message too large. */
  @Test
  void methodOfACallThatWasClosedByAnother_ends() throws Exception {
    CompletableFuture<Throwable> ended = new CompletableFuture<>();
    Exchange<Any, Any> exchange =
        Exchange.start(
            new ClosedCall(),
            CallHeaders.of(new Metadata()),
            (headers, requests, answers) -> {
              try {
                answers.send(Any.getDefaultInstance());
              } catch (CanceledException | InterruptedException e) {
                ended.complete(e);
              }
            });
    exchange.onComplete();
    assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(CanceledException.class);
  }

  private static final class ClosedCall extends ServerCall<Any, Any> {
    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Any message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isReady() {
      return false;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Any, Any> getMethodDescriptor() {
      return StreamingGrpc.getStreamMethod();
    }
  }
}
