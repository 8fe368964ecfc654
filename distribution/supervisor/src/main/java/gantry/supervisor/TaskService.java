// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.runc.v1.ProcessDetails;
import containerd.task.v3.CheckpointTaskRequest;
import containerd.task.v3.CloseIORequest;
import containerd.task.v3.ConnectRequest;
import containerd.task.v3.ConnectResponse;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.CreateTaskResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.KillRequest;
import containerd.task.v3.PauseRequest;
import containerd.task.v3.PidsRequest;
import containerd.task.v3.PidsResponse;
import containerd.task.v3.ResizePtyRequest;
import containerd.task.v3.ResumeRequest;
import containerd.task.v3.ShutdownRequest;
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
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.errors.UnknownException;
import gantry.linux.Winsize;
import gantry.names.Identifier;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import gantry.ttrpc.TtrpcCall;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServices;
import gantry.wire.TaskWire;
import gantry.wire.TimestampWire;
import java.util.List;

/**
 * The task API on the wire. Versions 2 and 3 have the same messages, so one implementation serves
 * both.
 */
final class TaskService {
  private static final String NAMESPACE = "containerd-namespace-ttrpc";
  private static final String VERSION = OwnStatus.version();
  private static final List<String> NAMES =
      List.of("containerd.task.v2.Task", "containerd.task.v3.Task");

  private final Supervisor supervisor;
  private final String fallback;
  private final Runnable alive;
  private final Runnable shutdown;

  /**
   * Makes one.
   *
   * @param namespace of callers who do not say theirs; empty if they must
   * @param alive run at every call: somebody is there
   * @param shutdown run when told to end, by a daemon that goes or after the end of a task
   */
  TaskService(Supervisor supervisor, String namespace, Runnable alive, Runnable shutdown) {
    this.supervisor = supervisor;
    this.fallback = namespace;
    this.alive = alive;
    this.shutdown = shutdown;
  }

  TtrpcServices services() {
    TtrpcServices services = new TtrpcServices();
    NAMES.forEach(name -> services.add(name, methods()));
    return services;
  }

  private List<TtrpcMethod<?>> methods() {
    return List.of(
        method("State", StateRequest.parser(), this::state),
        method("Create", CreateTaskRequest.parser(), this::create),
        method("Start", StartRequest.parser(), this::start),
        method("Delete", DeleteRequest.parser(), this::delete),
        method("Pids", PidsRequest.parser(), this::pids),
        method("Pause", PauseRequest.parser(), this::pause),
        method("Resume", ResumeRequest.parser(), this::resume),
        method("Checkpoint", CheckpointTaskRequest.parser(), this::checkpoint),
        method("Kill", KillRequest.parser(), this::kill),
        method("Exec", ExecProcessRequest.parser(), this::exec),
        method("ResizePty", ResizePtyRequest.parser(), this::resize),
        method("CloseIO", CloseIORequest.parser(), this::closeInput),
        method("Update", UpdateTaskRequest.parser(), this::update),
        method("Wait", WaitRequest.parser(), this::await),
        method("Stats", StatsRequest.parser(), this::stats),
        method("Connect", ConnectRequest.parser(), this::connect),
        method("Shutdown", ShutdownRequest.parser(), this::shutdown));
  }

  /** What a method does. */
  @FunctionalInterface
  private interface Body<Q> {
    MessageLite run(String namespace, Q request) throws Exception;
  }

  private <Q extends MessageLite> TtrpcMethod<Q> method(
      String name, Parser<Q> parser, Body<Q> body) {
    return new TtrpcMethod<>(
        name,
        parser,
        (request, call) -> {
          alive.run();
          return body.run(namespace(call), request);
        });
  }

  private String namespace(TtrpcCall call) {
    String namespace = call.first(NAMESPACE).orElse(fallback);
    if (namespace.isEmpty()) {
      throw new FailedPreconditionException("namespace is required");
    }
    return Identifier.require("namespace", namespace);
  }

  private Task task(String namespace, String id) {
    return supervisor.require(new TaskKey(namespace, id));
  }

  private StateResponse state(String namespace, StateRequest request) {
    Task task = task(namespace, request.getId());
    TaskProcess process = task.process(request.getExecId());
    StdioNames names = process.names();
    StateResponse.Builder state =
        StateResponse.newBuilder()
            .setId(process.isInit() ? request.getId() : request.getExecId())
            .setBundle(task.request().getBundle())
            .setPid(process.pid())
            .setStatus(TaskWire.encode(task.status(process)))
            .setStdin(names.stdin())
            .setStdout(names.stdout())
            .setStderr(names.stderr())
            .setTerminal(names.terminal());
    state.setExitedAt(
        TimestampWire.encode(process.exit().map(Exit::exitedAt).orElse(TimestampWire.NONE)));
    process.exit().ifPresent(exit -> state.setExitStatus(exit.status()));
    return state.build();
  }

  private CreateTaskResponse create(String namespace, CreateTaskRequest request) throws Exception {
    TaskKey key = new TaskKey(namespace, Identifier.require("task id", request.getId()));
    return CreateTaskResponse.newBuilder().setPid(supervisor.create(key, request)).build();
  }

  private StartResponse start(String namespace, StartRequest request) throws Exception {
    TaskKey key = new TaskKey(namespace, request.getId());
    return StartResponse.newBuilder().setPid(supervisor.start(key, request.getExecId())).build();
  }

  private DeleteResponse delete(String namespace, DeleteRequest request) throws Exception {
    TaskKey key = new TaskKey(namespace, request.getId());
    Exit exit = supervisor.delete(key, request.getExecId());
    return DeleteResponse.newBuilder()
        .setPid(exit.pid())
        .setExitStatus(exit.status())
        .setExitedAt(TimestampWire.encode(exit.exitedAt()))
        .build();
  }

  private PidsResponse pids(String namespace, PidsRequest request) throws Exception {
    Task task = task(namespace, request.getId());
    List<TaskProcess> execs = task.execs();
    PidsResponse.Builder pids = PidsResponse.newBuilder();
    for (int pid : Operations.complete(() -> task.runc().pids(request.getId()))) {
      ProcessInfo.Builder info = ProcessInfo.newBuilder().setPid(pid);
      execs.stream()
          .filter(exec -> exec.pid() == pid)
          .findFirst()
          .ifPresent(exec -> info.setInfo(details(exec)));
      pids.addProcesses(info);
    }
    return pids.build();
  }

  private static Any details(TaskProcess exec) {
    return Any.newBuilder()
        .setTypeUrl("containerd.runc.v1.ProcessDetails")
        .setValue(ProcessDetails.newBuilder().setExecId(exec.execId()).build().toByteString())
        .build();
  }

  private Empty pause(String namespace, PauseRequest request) throws Exception {
    Task task = task(namespace, request.getId());
    return complete(() -> supervisor.control().pause(task));
  }

  private Empty resume(String namespace, ResumeRequest request) throws Exception {
    Task task = task(namespace, request.getId());
    return complete(() -> supervisor.control().resume(task));
  }

  private Empty checkpoint(String namespace, CheckpointTaskRequest request) throws Exception {
    Task task = task(namespace, request.getId());
    return complete(() -> supervisor.control().checkpoint(task, request));
  }

  private Empty update(String namespace, UpdateTaskRequest request) throws Exception {
    Task task = task(namespace, request.getId());
    return complete(() -> supervisor.control().update(task, request.getResources().getValue()));
  }

  /** A step that returns nothing. */
  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  private static Empty complete(Step step) throws Exception {
    return Operations.complete(
        () -> {
          step.run();
          return Empty.getDefaultInstance();
        });
  }

  private Empty kill(String namespace, KillRequest request) throws Exception {
    TaskKey key = new TaskKey(namespace, request.getId());
    supervisor.kill(key, request.getExecId(), request.getSignal(), request.getAll());
    return Empty.getDefaultInstance();
  }

  private Empty exec(String namespace, ExecProcessRequest request) throws Exception {
    Identifier.require("exec id", request.getExecId());
    supervisor.exec(new TaskKey(namespace, request.getId()), request);
    return Empty.getDefaultInstance();
  }

  private Empty resize(String namespace, ResizePtyRequest request) throws Exception {
    Task task = task(namespace, request.getId());
    TaskProcess process = task.process(request.getExecId());
    if (process.status() == TaskStatus.STOPPED) {
      throw new UnknownException("cannot resize a stopped container");
    }
    process.resize(new Winsize(request.getWidth(), request.getHeight()));
    return Empty.getDefaultInstance();
  }

  private Empty closeInput(String namespace, CloseIORequest request) {
    Task task = task(namespace, request.getId());
    task.process(request.getExecId()).closeInput();
    return Empty.getDefaultInstance();
  }

  private WaitResponse await(String namespace, WaitRequest request) throws Exception {
    Exit exit = supervisor.await(new TaskKey(namespace, request.getId()), request.getExecId());
    return WaitResponse.newBuilder()
        .setExitStatus(exit.status())
        .setExitedAt(TimestampWire.encode(exit.exitedAt()))
        .build();
  }

  private StatsResponse stats(String namespace, StatsRequest request) throws Exception {
    Cgroup cgroup =
        task(namespace, request.getId())
            .cgroup()
            .orElseThrow(() -> new NotFoundException("cgroup does not exist"));
    return StatsResponse.newBuilder().setStats(cgroup.metrics()).build();
  }

  private ConnectResponse connect(String namespace, ConnectRequest request) {
    ConnectResponse.Builder answer = ConnectResponse.newBuilder();
    answer.setShimPid((int) ProcessHandle.current().pid());
    answer.setVersion(VERSION);
    try {
      answer.setTaskPid(task(namespace, request.getId()).init().pid());
    } catch (NotFoundException e) {
      // asks for the supervisor alone
      answer.setTaskPid(0);
    }
    return answer.build();
  }

  private Empty shutdown(String namespace, ShutdownRequest request) {
    shutdown.run();
    return Empty.getDefaultInstance();
  }
}
