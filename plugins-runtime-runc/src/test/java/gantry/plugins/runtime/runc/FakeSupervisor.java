// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.Timestamp;
import containerd.runc.v1.ProcessDetails;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.KillRequest;
import containerd.task.v3.PidsRequest;
import containerd.task.v3.PidsResponse;
import containerd.task.v3.ResizePtyRequest;
import containerd.task.v3.StartRequest;
import containerd.task.v3.StartResponse;
import containerd.task.v3.StateRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.StatsRequest;
import containerd.task.v3.StatsResponse;
import containerd.task.v3.UpdateTaskRequest;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import containerd.v1.types.ProcessInfo;
import containerd.v1.types.Status;
import gantry.errors.NotFoundException;
import gantry.ttrpc.TtrpcCall;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import gantry.wire.AnyWire;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Speaks the supervisor's protocol: knows the task {@code c1} only, and writes down all calls. */
final class FakeSupervisor implements AutoCloseable {
  static final int PID = 4711;
  static final Timestamp AT = Timestamp.newBuilder().setSeconds(1_700_000_000).build();

  /** A call: namespace, method, request. */
  record Seen(String namespace, String method, MessageLite request) {}

  final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
  final CountDownLatch exited = new CountDownLatch(1);

  /** While this is not 0 no process is started. */
  volatile CountDownLatch startable = new CountDownLatch(0);

  private final TtrpcServer server;

  FakeSupervisor(Path socket) throws IOException {
    server =
        TtrpcServer.start(socket, new TtrpcServices().add("containerd.task.v3.Task", methods()));
  }

  /** The next call, in time. */
  Seen next() throws InterruptedException {
    @Nullable Seen call = seen.poll(10, TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("no call");
    }
    return call;
  }

  private List<TtrpcMethod<?>> methods() {
    return List.of(
        method("Create", CreateTaskRequest.parser(), r -> create()),
        method("Start", StartRequest.parser(), r -> started()),
        method("Delete", DeleteRequest.parser(), r -> deleted()),
        method("State", StateRequest.parser(), FakeSupervisor::state),
        method("Kill", KillRequest.parser(), r -> Empty.getDefaultInstance()),
        method("Exec", ExecProcessRequest.parser(), r -> Empty.getDefaultInstance()),
        method("ResizePty", ResizePtyRequest.parser(), r -> Empty.getDefaultInstance()),
        method("Update", UpdateTaskRequest.parser(), r -> Empty.getDefaultInstance()),
        method("Pids", PidsRequest.parser(), r -> pids()),
        method("Stats", StatsRequest.parser(), r -> stats()),
        method("Wait", WaitRequest.parser(), r -> ended()));
  }

  private static CreateTaskResponse create() {
    return CreateTaskResponse.newBuilder().setPid(PID).build();
  }

  private StartResponse started() throws InterruptedException {
    startable.await();
    return StartResponse.newBuilder().setPid(PID).build();
  }

  private static DeleteResponse deleted() {
    return DeleteResponse.newBuilder().setPid(PID).setExitStatus(3).setExitedAt(AT).build();
  }

  private static StateResponse state(StateRequest request) {
    if (!request.getId().equals("c1")) {
      throw new NotFoundException("container " + request.getId() + ": not found");
    }
    return StateResponse.newBuilder()
        .setId(request.getId())
        .setExecId(request.getExecId())
        .setPid(PID)
        .setStatus(Status.RUNNING)
        .setStdout("/out")
        .build();
  }

  private static PidsResponse pids() {
    Any details = AnyWire.pack(ProcessDetails.newBuilder().setExecId("e1").build());
    return PidsResponse.newBuilder()
        .addProcesses(ProcessInfo.newBuilder().setPid(PID))
        .addProcesses(ProcessInfo.newBuilder().setPid(PID + 1).setInfo(details))
        .build();
  }

  private static StatsResponse stats() {
    return StatsResponse.newBuilder()
        .setStats(
            Any.newBuilder()
                .setTypeUrl("io.containerd.cgroups.v2.Metrics")
                .setValue(ByteString.copyFromUtf8("x")))
        .build();
  }

  private WaitResponse ended() throws InterruptedException {
    exited.await();
    return WaitResponse.newBuilder().setExitStatus(3).setExitedAt(AT).build();
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
          seen.add(new Seen(namespace(call), name, request));
          return answer.to(request);
        });
  }

  private static String namespace(TtrpcCall call) {
    return call.first("containerd-namespace-ttrpc").orElse("");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
