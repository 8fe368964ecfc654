// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import containerd.services.events.v1.EventsGrpc;
import containerd.services.events.v1.PublishRequest;
import containerd.services.events.v1.SubscribeRequest;
import containerd.services.version.v1.VersionGrpc;
import containerd.services.version.v1.VersionResponse;
import containerd.types.Envelope;
import gantry.boot.sockets.Sockets;
import gantry.metrics.CallCounters;
import gantry.plugins.Admitted;
import gantry.plugins.Handle;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class GrpcServerTest {
  private static final ServiceGate.Patience PATIENCE = patience(Duration.ZERO);
  private static final int MESSAGE_MAX = 1 << 20;

  @TempDir Path dir;
  private Path socket;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private Sockets sockets;
  private GrpcServer server;

  @BeforeEach
  void serve() throws IOException {
    socket = dir.resolve("run/g.sock");
    sockets = new Sockets(dir.resolve("keeper.sock"), Map.of(), stopping::get);
    server = server();
    server.listen();
    server.takeOver();
  }

  @AfterEach
  void close() {
    stopping.set(true);
    server.close();
    sockets.close();
    assertThat(socket).doesNotExist();
  }

  private static ServiceGate.Patience patience(Duration settling) {
    return new ServiceGate.Patience(
        settling, Duration.ofMillis(500), Duration.ofMillis(200), Duration.ofSeconds(5));
  }

  private GrpcServer server() {
    return server(PATIENCE);
  }

  private GrpcServer server(ServiceGate.Patience patience) {
    return new GrpcServer(
        new GrpcServer.Settings(socket.toString(), 0, 0, MESSAGE_MAX, MESSAGE_MAX),
        patience,
        sockets,
        new CallTally(new ConcurrentHashMap<>()),
        null);
  }

  private static Admitted<BindableService> admitted(BindableService service) {
    return () -> service;
  }

  private <T extends BindableService> T add(T service) {
    server.addService(admitted(service), Map.of(Handle.PLUGIN, "io.containerd.grpc.v1.test"));
    return service;
  }

  @Test
  void service_isServedOnTheSocket() throws IOException {
    add(new VersionFake("1"));
    try (Client client = new Client(socket)) {
      assertThat(client.version()).isEqualTo("1");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void calls_areCountedByMethodAndStatus_butNotThoseOfUnknownMethods() throws Exception {
    add(new VersionFake("1"));
    try (Client client = new Client(socket)) {
      client.version();
      client.version();
      assertThatThrownBy(() -> call(client, "some.Service/Method"))
          .isInstanceOf(StatusRuntimeException.class);
    }
    server.close(); // an end is counted a moment after the client has heard of it

    assertThat(server.calls()).hasSize(1);
    CallCounters.CallCount count = server.calls().getFirst();
    assertThat(count.kind()).isEqualTo("unary");
    assertThat(count.service()).isEqualTo("containerd.services.version.v1.Version");
    assertThat(count.method()).isEqualTo("Version");
    assertThat(count.started()).isEqualTo(2);
    assertThat(count.received()).isEqualTo(2);
    assertThat(count.sent()).isEqualTo(2);
    assertThat(count.ended()).containsExactly(Map.entry("OK", 2L));
    assertThat(count.took().samples(Map.of()).getLast().value()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "OK,OK",
    "CANCELLED,Canceled",
    "NOT_FOUND,NotFound",
    "DEADLINE_EXCEEDED,DeadlineExceeded",
    "UNKNOWN,Unknown"
  })
  void status_isNamedAsInGo(Status.Code code, String name) {
    assertThat(CallTally.name(code)).isEqualTo(name);
  }

  @Test
  void unknownServiceAndMethod_areUnimplementedInGosWords() {
    add(new VersionFake("1"));
    try (Client client = new Client(socket)) {
      assertThatThrownBy(() -> call(client, "runtime.v1.RuntimeService/Version"))
          .hasMessage("UNIMPLEMENTED: unknown service runtime.v1.RuntimeService");
      assertThatThrownBy(() -> call(client, "containerd.services.version.v1.Version/Nope"))
          .hasMessage(
              "UNIMPLEMENTED: unknown method Nope for service"
                  + " containerd.services.version.v1.Version");
    }
  }

  private static void call(Client client, String name) {
    MethodDescriptor<Empty, VersionResponse> method =
        VersionGrpc.getVersionMethod().toBuilder().setFullMethodName(name).build();
    ClientCalls.blockingUnaryCall(
        client.channel(), method, CallOptions.DEFAULT, Empty.getDefaultInstance());
  }

  @Test
  void callWhileTheServiceIsGone_waitsForIt() throws Exception {
    VersionFake first = add(new VersionFake("1"));
    server.removeService(admitted(first));
    try (Client client = new Client(socket);
        ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> version = caller.submit(client::version);
      add(new VersionFake("2"));
      assertThat(version.get(10, TimeUnit.SECONDS)).isEqualTo("2");
    }
  }

  @Test
  void callToAServiceThatStaysAway_isUnavailableAndNamesThePlugin() {
    VersionFake first = add(new VersionFake("1"));
    server.removeService(admitted(first));
    try (Client client = new Client(socket)) {
      assertThatThrownBy(client::version)
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE))
          .hasMessageContaining("io.containerd.grpc.v1.test");
    }
  }

  @Test
  void callBeforeEverythingHasStarted_waits() throws Exception {
    server.close();
    server = server(patience(Duration.ofSeconds(20)));
    server.listen();
    server.takeOver();
    try (Client client = new Client(socket);
        ExecutorService caller = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> version = caller.submit(client::version);
      add(new VersionFake("late"));
      assertThat(version.get(10, TimeUnit.SECONDS)).isEqualTo("late");
    }
  }

  @Test
  void swapUnderLoad_failsNoCall() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch warm = new CountDownLatch(8);
    VersionFake current = add(new VersionFake("0"));
    List<Future<Integer>> callers = new ArrayList<>();
    try (Client client = new Client(socket);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 8; i++) {
        callers.add(
            executor.submit(
                () -> {
                  int calls = 0;
                  while (!done.get()) {
                    client.version();
                    calls++;
                    warm.countDown();
                  }
                  return calls;
                }));
      }
      assertThat(warm.await(20, TimeUnit.SECONDS)).isTrue();
      for (int swap = 1; swap <= 50; swap++) {
        VersionFake next = new VersionFake("" + swap);
        if (swap % 2 == 0) { // side by side
          add(next);
          server.removeService(admitted(current));
          current.stop();
        } else { // in place
          server.removeService(admitted(current));
          current.stop();
          add(next);
        }
        current = next;
      }
      done.set(true);
      int calls = 0;
      for (Future<Integer> caller : callers) {
        calls += caller.get(20, TimeUnit.SECONDS);
      }
      assertThat(calls).isGreaterThan(8);
    }
  }

  /** A service whose streams never end by themselves. */
  private static final class Endless extends EventsGrpc.EventsImplBase {
    final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    final CompletableFuture<StreamObserver<Envelope>> subscriber = new CompletableFuture<>();

    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<Envelope> answers) {
      ((ServerCallStreamObserver<Envelope>) answers)
          .setOnCancelHandler(() -> cancelled.complete(null));
      answers.onNext(Envelope.getDefaultInstance());
      subscriber.complete(answers);
    }

    @Override
    public void publish(PublishRequest request, StreamObserver<Empty> answer) {
      answer.onNext(Empty.getDefaultInstance());
      answer.onCompleted();
    }

    @Override
    public void forward(
        containerd.services.events.v1.ForwardRequest request, StreamObserver<Empty> answer) {
      answer.onError(Status.UNKNOWN.withDescription("x".repeat(10)).asException());
    }
  }

  @Test
  void streamInALeavingService_endsUnavailable() throws Exception {
    Endless service = add(new Endless());
    try (Client client = new Client(socket)) {
      var call =
          EventsGrpc.newBlockingV2Stub(client.channel())
              .subscribe(SubscribeRequest.getDefaultInstance());
      assertThat(call.read()).isNotNull();
      server.removeService(admitted(service));
      assertThatThrownBy(call::read)
          .isInstanceOfSatisfying(
              StatusException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE))
          .hasMessageContaining("being replaced");
      service.cancelled.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void streamThatMayOutliveItsService_goesOnInTheOldOneWhileNewCallsGoToTheNext() throws Exception {
    Map<String, Object> properties =
        Map.of(Handle.PLUGIN, "test", "outliving.calls", new String[] {"Subscribe"});
    Endless old = new Endless();
    server.addService(admitted(old), properties);
    try (Client client = new Client(socket)) {
      var stub = EventsGrpc.newBlockingV2Stub(client.channel());
      var call = stub.subscribe(SubscribeRequest.getDefaultInstance());
      assertThat(call.read()).isNotNull();
      server.removeService(admitted(old));
      Endless next = new Endless();
      server.addService(admitted(next), properties);
      assertThat(stub.subscribe(SubscribeRequest.getDefaultInstance()).read()).isNotNull();
      assertThat(next.subscriber).isCompleted();
      old.subscriber.get().onNext(Envelope.newBuilder().setTopic("/late").build());
      assertThat(call.read().getTopic()).isEqualTo("/late");
      call.cancel("enough", null);
      old.cancelled.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void messageThatIsTooLarge_isRefusedBothWays() {
    add(new Endless());
    add(new VersionFake("x".repeat(MESSAGE_MAX + 1)));
    try (Client client = new Client(socket)) {
      assertThatThrownBy(client::version)
          .hasMessageContaining("RESOURCE_EXHAUSTED: trying to send message larger than max");
      Any big = Any.newBuilder().setValue(ByteString.copyFrom(new byte[MESSAGE_MAX + 1])).build();
      assertThatThrownBy(
              () ->
                  EventsGrpc.newBlockingStub(client.channel())
                      .publish(PublishRequest.newBuilder().setEvent(big).build()))
          .hasMessageContaining("RESOURCE_EXHAUSTED");
    }
  }

  @Test
  void swapOfTheServerUnderLoad_failsNoCall() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    VersionFake version = add(new VersionFake("1"));
    List<Future<Integer>> callers = new ArrayList<>();
    try (Client kept = new Client(socket);
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 4; i++) {
        callers.add(executor.submit(i % 2 == 0 ? () -> fresh(done) : () -> again(kept, done)));
      }
      for (int swap = 0; swap < 10; swap++) {
        GrpcServer old = server;
        server = server();
        add(version);
        server.listen();
        server.takeOver();
        old.giveWay();
        old.close();
        for (int i = 0; i < 20; i++) {
          assertThat(kept.version()).isEqualTo("1");
        }
      }
      done.set(true);
      for (Future<Integer> caller : callers) {
        assertThat(caller.get(20, TimeUnit.SECONDS)).isPositive();
      }
    }
  }

  private static int again(Client client, AtomicBoolean done) {
    int calls = 0;
    do {
      client.version();
      calls++;
    } while (!done.get());
    return calls;
  }

  private int fresh(AtomicBoolean done) {
    int calls = 0;
    do {
      try (Client client = new Client(socket)) {
        client.version();
        calls++;
      }
    } while (!done.get());
    return calls;
  }

  @Test
  void serverThatHasNotTakenOver_acceptsNothing() throws Exception {
    add(new VersionFake("old"));
    GrpcServer old = server;
    server = server();
    add(new VersionFake("held"));
    server.listen();
    for (int i = 0; i < 10; i++) {
      try (Client client = new Client(socket)) {
        assertThat(client.version()).isEqualTo("old");
      }
    }
    server.takeOver();
    old.giveWay();
    old.close();
    try (Client client = new Client(socket)) {
      assertThat(client.version()).isEqualTo("held");
    }
  }

  @Test
  void close_leavesNoThread() throws InterruptedException {
    add(new VersionFake("1"));
    try (Client client = new Client(socket)) {
      client.version();
    }
    server.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("grpc-io")) {
        // it has said its last word, but may still be on its way out
        assertThat(thread.join(Duration.ofSeconds(5))).as(thread.getName()).isTrue();
      }
    }
  }
}
