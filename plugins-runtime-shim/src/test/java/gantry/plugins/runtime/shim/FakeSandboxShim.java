// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import containerd.runtime.sandbox.v1.CreateSandboxRequest;
import containerd.runtime.sandbox.v1.CreateSandboxResponse;
import containerd.runtime.sandbox.v1.PlatformRequest;
import containerd.runtime.sandbox.v1.PlatformResponse;
import containerd.runtime.sandbox.v1.SandboxMetricsRequest;
import containerd.runtime.sandbox.v1.SandboxMetricsResponse;
import containerd.runtime.sandbox.v1.SandboxStatusRequest;
import containerd.runtime.sandbox.v1.SandboxStatusResponse;
import containerd.runtime.sandbox.v1.ShutdownSandboxRequest;
import containerd.runtime.sandbox.v1.ShutdownSandboxResponse;
import containerd.runtime.sandbox.v1.StartSandboxRequest;
import containerd.runtime.sandbox.v1.StartSandboxResponse;
import containerd.runtime.sandbox.v1.StopSandboxRequest;
import containerd.runtime.sandbox.v1.StopSandboxResponse;
import containerd.runtime.sandbox.v1.WaitSandboxRequest;
import containerd.runtime.sandbox.v1.WaitSandboxResponse;
import containerd.types.Metric;
import containerd.types.Platform;
import gantry.errors.UnknownException;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves the sandbox API as a shim does, for one sandbox. */
final class FakeSandboxShim implements AutoCloseable {
  static final int PID = 4712;
  static final int STATUS = 7;
  static final Timestamp AT = Timestamp.newBuilder().setSeconds(1_700_000_000).build();

  /** Requests of the methods called. */
  final BlockingQueue<MessageLite> seen = new LinkedBlockingQueue<>();

  /** While this is not 0 nothing is answered. */
  volatile CountDownLatch thawed = new CountDownLatch(0);

  /** Why nothing can be started; empty if it can. */
  volatile String refusal = "";

  private final CountDownLatch exited = new CountDownLatch(1);
  private final TtrpcServer server;

  FakeSandboxShim(Path socket) throws IOException {
    server =
        TtrpcServer.start(
            socket, new TtrpcServices().add("containerd.runtime.sandbox.v1.Sandbox", methods()));
  }

  /** Waits until a method was called; returns the request. */
  <Q extends MessageLite> Q awaitCall(Class<Q> request) throws InterruptedException {
    while (true) {
      @Nullable MessageLite next = seen.poll(60, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no " + request.getSimpleName());
      }
      if (request.isInstance(next)) {
        return request.cast(next);
      }
    }
  }

  /** The sandbox ends. */
  void exit() {
    exited.countDown();
  }

  private List<TtrpcMethod<?>> methods() {
    return List.of(
        method(
            "CreateSandbox",
            CreateSandboxRequest.parser(),
            r -> CreateSandboxResponse.getDefaultInstance()),
        method("StartSandbox", StartSandboxRequest.parser(), r -> start()),
        method("Platform", PlatformRequest.parser(), r -> platform()),
        method(
            "StopSandbox",
            StopSandboxRequest.parser(),
            r -> StopSandboxResponse.getDefaultInstance()),
        method("WaitSandbox", WaitSandboxRequest.parser(), r -> ended()),
        method("SandboxStatus", SandboxStatusRequest.parser(), this::status),
        method("SandboxMetrics", SandboxMetricsRequest.parser(), this::metrics),
        method("ShutdownSandbox", ShutdownSandboxRequest.parser(), r -> shutdown()));
  }

  private StartSandboxResponse start() {
    if (!refusal.isEmpty()) {
      throw new UnknownException(refusal);
    }
    return StartSandboxResponse.newBuilder().setPid(PID).setCreatedAt(AT).build();
  }

  private PlatformResponse platform() {
    return PlatformResponse.newBuilder()
        .setPlatform(Platform.newBuilder().setOs("linux").setArchitecture("arm64"))
        .build();
  }

  private SandboxStatusResponse status(SandboxStatusRequest request) {
    SandboxStatusResponse.Builder status =
        SandboxStatusResponse.newBuilder()
            .setSandboxId(request.getSandboxId())
            .setPid(PID)
            .setState("SANDBOX_READY")
            .setCreatedAt(AT);
    if (request.getVerbose()) {
      status.putInfo("more", "yes");
    }
    return status.build();
  }

  private SandboxMetricsResponse metrics(SandboxMetricsRequest request) {
    return SandboxMetricsResponse.newBuilder()
        .setMetrics(Metric.newBuilder().setId(request.getSandboxId()).setTimestamp(AT))
        .build();
  }

  private WaitSandboxResponse ended() throws InterruptedException {
    exited.await();
    return WaitSandboxResponse.newBuilder().setExitStatus(STATUS).setExitedAt(AT).build();
  }

  /** The answer need not arrive. */
  private ShutdownSandboxResponse shutdown() throws IOException {
    server.close();
    return ShutdownSandboxResponse.getDefaultInstance();
  }

  @FunctionalInterface
  private interface Answer<Q> {
    MessageLite to(Q request) throws Exception;
  }

  private <Q extends MessageLite> TtrpcMethod<Q> method(
      String name, Parser<Q> parser, Answer<Q> answer) {
    return new TtrpcMethod<>(
        name,
        parser,
        (request, call) -> {
          seen.add(request);
          thawed.await();
          return answer.to(request);
        });
  }

  /** Dies. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
