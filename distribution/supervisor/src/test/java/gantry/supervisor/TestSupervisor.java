// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.KillRequest;
import containerd.task.v3.StartRequest;
import containerd.task.v3.StartResponse;
import containerd.task.v3.StateRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.linux.PidWatcher;
import gantry.linux.Processes;
import gantry.ttrpc.TtrpcClient;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** A supervisor in this process, called as a daemon calls it. */
final class TestSupervisor implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Map<String, String> NAMESPACE = Map.of("containerd-namespace-ttrpc", "test");

  final PidWatcher exits;
  final Events events;
  final Supervisor supervisor;
  private final TtrpcServer server;
  private final TtrpcClient client;

  TestSupervisor(Path dir) throws IOException, InterruptedException {
    Processes.becomeSubreaper();
    exits = new PidWatcher();
    events = new Events(dir.resolve("daemon"));
    Path scratch = Files.createDirectories(dir.resolve("state/tmp"));
    Ledger ledger = new Ledger(Files.createDirectories(dir.resolve("state/tasks")));
    supervisor =
        new Supervisor(
            new Host(
                exits,
                events,
                ledger,
                new Custody(null),
                scratch,
                dir.resolve("state/runc"),
                new CgroupMounts()));
    supervisor.adopt(name -> Legacy.NONE);
    TtrpcServices services = new TaskService(supervisor, "", events::nudge, () -> {}).services();
    server = TtrpcServer.start(dir.resolve("supervisor"), services);
    client = TtrpcClient.connect(dir.resolve("supervisor"));
  }

  <R extends MessageLite> R call(String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return client.call("containerd.task.v3.Task", method, request, answer, LONG, NAMESPACE);
  }

  <R extends MessageLite> R call(
      String service, String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return client.call(service, method, request, answer, LONG, NAMESPACE);
  }

  int create(CreateTaskRequest request) throws InterruptedException {
    return call("Create", request, CreateTaskResponse.parser()).getPid();
  }

  int create(TestBundle bundle, String id, String stdout) throws InterruptedException {
    return create(
        CreateTaskRequest.newBuilder()
            .setId(id)
            .setBundle(bundle.path().toString())
            .setStdout(stdout)
            .build());
  }

  int start(String id, String execId) throws InterruptedException {
    return call(
            "Start",
            StartRequest.newBuilder().setId(id).setExecId(execId).build(),
            StartResponse.parser())
        .getPid();
  }

  void exec(ExecProcessRequest request) throws InterruptedException {
    call("Exec", request, Empty.parser());
  }

  int await(String id, String execId) throws InterruptedException {
    return call(
            "Wait",
            WaitRequest.newBuilder().setId(id).setExecId(execId).build(),
            WaitResponse.parser())
        .getExitStatus();
  }

  StateResponse state(String id, String execId) throws InterruptedException {
    return call(
        "State",
        StateRequest.newBuilder().setId(id).setExecId(execId).build(),
        StateResponse.parser());
  }

  void kill(String id, String execId, int signal) throws InterruptedException {
    call(
        "Kill",
        KillRequest.newBuilder().setId(id).setExecId(execId).setSignal(signal).build(),
        Empty.parser());
  }

  DeleteResponse delete(String id, String execId) throws InterruptedException {
    return call(
        "Delete",
        DeleteRequest.newBuilder().setId(id).setExecId(execId).build(),
        DeleteResponse.parser());
  }

  /** Ends as if killed: tasks go on. */
  void crash() throws IOException {
    supervisor.close();
    client.close();
    server.close();
    events.close();
    exits.close();
  }

  /** Removes the containers, then ends. */
  void end() throws IOException, InterruptedException {
    for (Task task : supervisor.tasks()) {
      task.runc().delete(task.key().id(), true);
    }
    close();
  }

  @Override
  public void close() throws IOException {
    crash();
  }
}
