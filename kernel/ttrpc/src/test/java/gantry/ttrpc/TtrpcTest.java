// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TtrpcTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir Path dir;
  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private TtrpcServer server;
  private TtrpcClient client;

  @BeforeEach
  void start() throws IOException {
    TtrpcServices services = new TtrpcServices();
    services.add(
        "test.Echo",
        List.of(
            new TtrpcMethod<>("Echo", StringValue.parser(), (request, call) -> request),
            new TtrpcMethod<>("Header", StringValue.parser(), this::header),
            new TtrpcMethod<>("Fail", StringValue.parser(), this::fail),
            new TtrpcMethod<>("Grow", BytesValue.parser(), this::grow),
            new TtrpcMethod<>("Hang", Empty.parser(), this::hang),
            new TtrpcMethod<>("Linger", StringValue.parser(), this::linger)));
    server = TtrpcServer.start(dir.resolve("s"), services);
    client = TtrpcClient.connect(dir.resolve("s"));
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  private StringValue header(StringValue key, TtrpcCall call) {
    return StringValue.of(
        call.first(key.getValue()).orElse("none") + " " + call.timeout().orElse(Duration.ZERO));
  }

  private StringValue fail(StringValue message, TtrpcCall call) {
    throw new NotFoundException(message.getValue());
  }

  private BytesValue grow(BytesValue unused, TtrpcCall call) {
    return BytesValue.of(ByteString.copyFrom(new byte[Frame.LIMIT]));
  }

  private Empty hang(Empty unused, TtrpcCall call) throws InterruptedException {
    entered.countDown();
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
    return unused;
  }

  private StringValue linger(StringValue text, TtrpcCall call) throws InterruptedException {
    entered.countDown();
    released.await();
    return text;
  }

  private String call(String method, String text) throws InterruptedException {
    return client
        .call(
            "test.Echo",
            method,
            StringValue.of(text),
            StringValue.parser(),
            LONG,
            Map.of("key", "value"))
        .getValue();
  }

  private void hang(Duration timeout) throws InterruptedException {
    client.call("test.Echo", "Hang", Empty.getDefaultInstance(), Empty.parser(), timeout, Map.of());
  }

  @Test
  void call_isAnswered() throws Exception {
    assertThat(call("Echo", "grüße")).isEqualTo("grüße");
    assertThat(call("Echo", "")).isEmpty();
  }

  @Test
  void metadataAndDeadline_reachTheHandler() throws Exception {
    assertThat(call("Header", "key")).isEqualTo("value PT20S");
    assertThat(call("Header", "other")).isEqualTo("none PT20S");
  }

  @Test
  void failure_arrivesAsItsKind() {
    assertThatThrownBy(() -> call("Fail", "task x"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("task x: not found");
  }

  @Test
  void unknownServiceOrMethod_isUnimplemented() {
    assertThatThrownBy(() -> call("Nothing", ""))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageStartingWith("method Nothing");
    assertThatThrownBy(
            () ->
                client.call(
                    "no.Service", "X", Empty.getDefaultInstance(), Empty.parser(), LONG, Map.of()))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageStartingWith("service no.Service");
  }

  @Test
  void malformedRequest_isInvalidArgument() {
    BytesValue notUtf8 = BytesValue.of(ByteString.copyFrom(new byte[] {(byte) 0xff, 1}));
    assertThatThrownBy(
            () -> client.call("test.Echo", "Echo", notUtf8, Empty.parser(), LONG, Map.of()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void oversizedMessages_areRefusedAndDoNoHarm() throws Exception {
    assertThatThrownBy(() -> call("Echo", "x".repeat(Frame.LIMIT)))
        .isInstanceOf(ResourceExhaustedException.class);
    assertThatThrownBy(
            () ->
                client.call(
                    "test.Echo",
                    "Grow",
                    BytesValue.getDefaultInstance(),
                    BytesValue.parser(),
                    LONG,
                    Map.of()))
        .isInstanceOf(ResourceExhaustedException.class);
    assertThat(call("Echo", "still there")).isEqualTo("still there");
  }

  @Test
  void oversizedFrame_isSkippedByTheServer() throws Exception {
    try (SocketChannel raw = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      raw.connect(UnixDomainSocketAddress.of(dir.resolve("s")));
      int length = Frame.LIMIT + 1;
      ByteBuffer bytes = ByteBuffer.allocate(Frame.HEADER + length);
      bytes.putInt(length).putInt(1).put(Frame.REQUEST).put((byte) 0).position(bytes.limit());
      bytes.flip();
      while (bytes.hasRemaining()) {
        raw.write(bytes);
      }
      try (FrameChannel frames = new FrameChannel(raw, "test")) {
        Frame refused = frames.receive();
        assertThat(refused.stream()).isEqualTo(1);
        assertThat(refused.type()).isEqualTo(Frame.RESPONSE);
        assertThat(Response.decode(refused.payload()).status().getCode()).isEqualTo(8);
        Request request =
            new Request("test.Echo", "Echo", StringValue.of("x").toByteString(), 0, Map.of());
        frames.send(Frame.of(3, Frame.REQUEST, request.encode()), LONG);
        assertThat(Response.decode(frames.receive().payload()).status().getCode()).isZero();
        frames.send(Frame.of(3, Frame.REQUEST, request.encode()), LONG);
        assertThat(Response.decode(frames.receive().payload()).status().getMessage())
            .startsWith("StreamID cannot be re-used");
      }
    }
  }

  @Test
  void deadline_endsTheCallOnBothSides() throws Exception {
    assertThatThrownBy(() -> hang(Duration.ofMillis(50)))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(call("Echo", "next")).isEqualTo("next");
  }

  @Test
  void callsAtOnce_areEachAnsweredWithTheirOwn() throws Exception {
    List<Future<String>> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        String text = "call " + i;
        answers.add(threads.submit(() -> call("Echo", text)));
      }
      for (int i = 0; i < 500; i++) {
        assertThat(answers.get(i).get()).isEqualTo("call " + i);
      }
    }
  }

  @Test
  void serverDeath_failsCallsAndIsTold() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    client.close();
    client = TtrpcClient.connect(dir.resolve("s"), told::countDown);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> hanging =
          threads.submit(
              () -> {
                hang(TtrpcClient.FOREVER);
                return null;
              });
      entered.await();
      server.close();
      assertThatThrownBy(() -> hanging.get(20, TimeUnit.SECONDS))
          .hasCauseInstanceOf(UnavailableException.class);
    }
    assertThat(told.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(client.isOpen()).isFalse();
    assertThatThrownBy(() -> call("Echo", "")).isInstanceOf(UnavailableException.class);
  }

  @Test
  void callerThatLeaves_interruptsItsCalls() throws Exception {
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                hang(TtrpcClient.FOREVER);
              } catch (InterruptedException | UnavailableException e) {
                // what this test wants
                return;
              }
            });
    entered.await();
    client.close();
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void clientThatRetires_isAnsweredWhatItAskedAndEndsThen() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    client.close();
    client = TtrpcClient.connect(dir.resolve("s"), ended::countDown);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> answer = threads.submit(() -> call("Linger", "late"));
      entered.await();

      client.retire();

      assertThat(client.isOpen()).isFalse();
      assertThat(client.isClosed()).isFalse();
      released.countDown();
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("late");
      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void strangers_areNotServed() throws Exception {
    try (TtrpcServer closed =
            TtrpcServer.start(dir.resolve("closed"), new TtrpcServices(), peer -> false);
        TtrpcClient stranger = TtrpcClient.connect(dir.resolve("closed"))) {
      assertThat(closed).isNotNull();
      assertThatThrownBy(
              () ->
                  stranger.call(
                      "a", "b", Empty.getDefaultInstance(), Empty.parser(), LONG, Map.of()))
          .isInstanceOf(UnavailableException.class);
    }
  }

  @Test
  void socket_isPrivateAndNotTakenFromALiveServer() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("s"))))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> TtrpcServer.start(dir.resolve("s"), new TtrpcServices()))
        .isInstanceOf(BindException.class);
    assertThat(call("Echo", "unharmed")).isEqualTo("unharmed");
    server.close();
    Files.createFile(dir.resolve("s"));
    server = TtrpcServer.start(dir.resolve("s"), new TtrpcServices());
    assertThat(dir.resolve("s")).exists();
  }

  @Test
  void close_endsACallThatWaitsForRoomToSend() throws Exception {
    Path path = dir.resolve("deaf");
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(path));
      TtrpcClient stuck = TtrpcClient.connect(path);
      fill(stuck);
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread caller =
          Thread.ofPlatform()
              .start(() -> ended.complete(catchThrowable(() -> send(stuck, TtrpcClient.FOREVER))));
      while (caller.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      stuck.close();
      assertThat(ended.get(10, TimeUnit.SECONDS)).isInstanceOf(UnavailableException.class);
    }
  }

  private static void send(TtrpcClient client, Duration timeout) throws InterruptedException {
    BytesValue big = BytesValue.of(ByteString.copyFrom(new byte[1 << 16]));
    client.call("test.Echo", "Echo", big, BytesValue.parser(), timeout, Map.of());
  }

  /** Sends until there is no room for more. */
  private static void fill(TtrpcClient client) {
    Throwable failure;
    do {
      failure = catchThrowable(() -> send(client, Duration.ofMillis(1)));
    } while (!String.valueOf(failure).contains("/send"));
  }

  @Test
  void server_survivesAFailureToAccept() throws Exception {
    Path path = dir.resolve("f");
    FlakyListener listener = new FlakyListener(path, 2);
    try (TtrpcServer flaky =
            TtrpcServer.serve(
                path, true, listener, new TtrpcServices(), peer -> true, Duration.ZERO);
        TtrpcClient caller = TtrpcClient.connect(path)) {
      assertThatThrownBy(() -> send(caller, LONG)).isInstanceOf(UnimplementedException.class);
      assertThat(flaky).isNotNull();
    }
  }

  @Test
  void serverThatFinishes_answersWhatItHasBegun_andTakesNothingElse() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> answer = threads.submit(() -> call("Linger", "x"));
      entered.await();
      assertThat(server.finish(Duration.ofMillis(10))).isFalse();
      assertThat(server.finish(Duration.ofMillis(10))).isFalse();
      assertThatThrownBy(() -> send(client, Duration.ofMillis(10)))
          .isInstanceOf(GantryException.class);

      released.countDown();

      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("x");
      assertThat(server.finish(LONG)).isTrue();
      assertThatThrownBy(() -> call("Echo", "")).isInstanceOf(UnavailableException.class);
    }
  }
}
