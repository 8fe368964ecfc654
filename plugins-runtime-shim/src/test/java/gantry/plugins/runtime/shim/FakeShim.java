// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import containerd.task.v3.ConnectRequest;
import containerd.task.v3.ConnectResponse;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.KillRequest;
import containerd.task.v3.ShutdownRequest;
import containerd.task.v3.StateRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import containerd.v1.types.Status;
import gantry.errors.NotFoundException;
import gantry.errors.UnknownException;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves the task API as a shim does, for the tasks it was told to create. */
final class FakeShim implements AutoCloseable {
  static final int PID = 4711;
  static final int STATUS = 3;
  static final Timestamp AT = Timestamp.newBuilder().setSeconds(1_700_000_000).build();

  /** Names of the methods called, with the task's id. */
  final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  /** While this is not 0 nothing is answered. */
  volatile CountDownLatch thawed = new CountDownLatch(0);

  /** Why no task can be made; empty if one can. */
  volatile String refusal = "";

  private final Set<String> tasks = ConcurrentHashMap.newKeySet();
  private final CountDownLatch exited = new CountDownLatch(1);
  private final TtrpcServer server;

  FakeShim(Path socket, String version) throws IOException {
    server =
        TtrpcServer.start(
            socket, new TtrpcServices().add("containerd.task." + version + ".Task", methods()));
  }

  /** Waits until a method was called for a task. */
  void awaitCall(String call) throws InterruptedException {
    @Nullable String next = "";
    while (!call.equals(next)) {
      next = seen.poll(60, TimeUnit.SECONDS);
      if (next == null) {
        throw new AssertionError("no call " + call);
      }
    }
  }

  /** The tasks' processes end. */
  void exit() {
    exited.countDown();
  }

  private List<TtrpcMethod<?>> methods() {
    return List.of(
        method("Create", CreateTaskRequest.parser(), r -> create(r.getId())),
        method("State", StateRequest.parser(), r -> state(r.getId())),
        method("Delete", DeleteRequest.parser(), r -> delete(r.getId())),
        method("Kill", KillRequest.parser(), r -> Empty.getDefaultInstance()),
        method("Wait", WaitRequest.parser(), r -> ended()),
        method("Connect", ConnectRequest.parser(), r -> ConnectResponse.getDefaultInstance()),
        method("Shutdown", ShutdownRequest.parser(), r -> shutdown()));
  }

  private CreateTaskResponse create(String id) {
    if (!refusal.isEmpty()) {
      throw new UnknownException(refusal);
    }
    tasks.add(id);
    return CreateTaskResponse.newBuilder().setPid(PID).build();
  }

  private StateResponse state(String id) {
    if (!tasks.contains(id)) {
      throw new NotFoundException("container " + id + ": not found");
    }
    return StateResponse.newBuilder().setId(id).setPid(PID).setStatus(Status.RUNNING).build();
  }

  private DeleteResponse delete(String id) {
    tasks.remove(id);
    return DeleteResponse.newBuilder().setPid(PID).setExitStatus(STATUS).setExitedAt(AT).build();
  }

  private WaitResponse ended() throws InterruptedException {
    exited.await();
    return WaitResponse.newBuilder().setExitStatus(STATUS).setExitedAt(AT).build();
  }

  /** As shims do: only when nothing is left. The answer need not arrive. */
  private Empty shutdown() throws IOException {
    if (tasks.isEmpty()) {
      server.close();
    }
    return Empty.getDefaultInstance();
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
          seen.add(name + " " + id(request));
          thawed.await();
          return answer.to(request);
        });
  }

  private static String id(MessageLite request) {
    return switch (request) {
      case CreateTaskRequest r -> r.getId();
      case StateRequest r -> r.getId();
      case DeleteRequest r -> r.getId();
      case KillRequest r -> r.getId();
      case WaitRequest r -> r.getId();
      case ConnectRequest r -> r.getId();
      case ShutdownRequest r -> r.getId();
      default -> "?";
    };
  }

  /** Dies. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
