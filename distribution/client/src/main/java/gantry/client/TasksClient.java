// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.tasks.v1.CloseIORequest;
import containerd.services.tasks.v1.CreateTaskRequest;
import containerd.services.tasks.v1.DeleteProcessRequest;
import containerd.services.tasks.v1.DeleteResponse;
import containerd.services.tasks.v1.DeleteTaskRequest;
import containerd.services.tasks.v1.ExecProcessRequest;
import containerd.services.tasks.v1.GetRequest;
import containerd.services.tasks.v1.KillRequest;
import containerd.services.tasks.v1.ListPidsRequest;
import containerd.services.tasks.v1.ListTasksRequest;
import containerd.services.tasks.v1.MetricsRequest;
import containerd.services.tasks.v1.PauseTaskRequest;
import containerd.services.tasks.v1.ResizePtyRequest;
import containerd.services.tasks.v1.ResumeTaskRequest;
import containerd.services.tasks.v1.StartRequest;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.services.tasks.v1.UpdateTaskRequest;
import containerd.services.tasks.v1.WaitRequest;
import containerd.services.tasks.v1.WaitResponse;
import gantry.oci.Descriptor;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskMetric;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import gantry.wire.DescriptorWire;
import gantry.wire.MountWire;
import gantry.wire.TaskWire;
import gantry.wire.TimestampWire;
import java.util.List;
import java.util.Map;

/**
 * Tasks and their processes. An {@code execId} names a further process of the task; empty, it means
 * the first one. Every method throws {@link gantry.errors.NotFoundException} if there is no such
 * task or process.
 */
public final class TasksClient {
  private final Wire wire;

  TasksClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * Makes a task of a container; it does not run yet.
   *
   * @return the process id of its first process
   * @throws gantry.errors.AlreadyExistsException if the container has a task
   */
  public int create(CreateTask task) {
    ProcessIo io = task.io();
    CreateTaskRequest.Builder request =
        CreateTaskRequest.newBuilder()
            .setContainerId(task.containerId())
            .addAllRootfs(MountWire.encodeAll(task.rootfs()))
            .setStdin(io.stdin())
            .setStdout(io.stdout())
            .setStderr(io.stderr())
            .setTerminal(io.terminal())
            .setRuntimePath(task.runtime());
    Descriptor checkpoint = task.checkpoint();
    if (checkpoint != null) {
      request.setCheckpoint(DescriptorWire.encode(checkpoint));
    }
    TypedValue options = task.options();
    if (options != null) {
      request.setOptions(AnyWire.encode(options));
    }
    return wire.callLong(TasksGrpc.getCreateMethod(), request.build()).getPid();
  }

  /** Lets a process run; returns its process id. */
  public int start(String id, String execId) {
    StartRequest request = StartRequest.newBuilder().setContainerId(id).setExecId(execId).build();
    return wire.callLong(TasksGrpc.getStartMethod(), request).getPid();
  }

  /** Adds a process to a running task; it does not run yet. {@code spec} is an OCI process. */
  public void exec(String id, String execId, ProcessIo io, TypedValue spec) {
    wire.callLong(
        TasksGrpc.getExecMethod(),
        ExecProcessRequest.newBuilder()
            .setContainerId(id)
            .setExecId(execId)
            .setStdin(io.stdin())
            .setStdout(io.stdout())
            .setStderr(io.stderr())
            .setTerminal(io.terminal())
            .setSpec(AnyWire.encode(spec))
            .build());
  }

  /** Collects a stopped process; with the first one the task is gone. */
  public Exit delete(String id, String execId) {
    DeleteResponse answer =
        execId.isEmpty()
            ? wire.callLong(
                TasksGrpc.getDeleteMethod(),
                DeleteTaskRequest.newBuilder().setContainerId(id).build())
            : wire.callLong(
                TasksGrpc.getDeleteProcessMethod(),
                DeleteProcessRequest.newBuilder().setContainerId(id).setExecId(execId).build());
    return new Exit(
        answer.getPid(), answer.getExitStatus(), TimestampWire.decode(answer.getExitedAt()));
  }

  /** The state of a process. */
  public ProcessState get(String id, String execId) {
    GetRequest request = GetRequest.newBuilder().setContainerId(id).setExecId(execId).build();
    return TaskWire.decode(wire.call(TasksGrpc.getGetMethod(), request).getProcess());
  }

  /** The first process of every task; its id is the task's. */
  public List<ProcessState> list() {
    return wire
        .call(TasksGrpc.getListMethod(), ListTasksRequest.getDefaultInstance())
        .getTasksList()
        .stream()
        .map(TaskWire::decode)
        .toList();
  }

  /** Sends a signal to a process, or to all processes of the task. */
  public void kill(String id, String execId, int signal, boolean all) {
    wire.call(
        TasksGrpc.getKillMethod(),
        KillRequest.newBuilder()
            .setContainerId(id)
            .setExecId(execId)
            .setSignal(signal)
            .setAll(all)
            .build());
  }

  /** Sets the size of a process's terminal, in characters. */
  public void resize(String id, String execId, int width, int height) {
    wire.call(
        TasksGrpc.getResizePtyMethod(),
        ResizePtyRequest.newBuilder()
            .setContainerId(id)
            .setExecId(execId)
            .setWidth(width)
            .setHeight(height)
            .build());
  }

  /** Lets a process see the end of its standard input once all writers are gone. */
  public void closeStdin(String id, String execId) {
    wire.call(
        TasksGrpc.getCloseIOMethod(),
        CloseIORequest.newBuilder().setContainerId(id).setExecId(execId).setStdin(true).build());
  }

  /** Freezes all processes of a task. */
  public void pause(String id) {
    wire.call(TasksGrpc.getPauseMethod(), PauseTaskRequest.newBuilder().setContainerId(id).build());
  }

  /** Lets the processes of a paused task go on. */
  public void resume(String id) {
    wire.call(
        TasksGrpc.getResumeMethod(), ResumeTaskRequest.newBuilder().setContainerId(id).build());
  }

  /** All processes of a task. */
  public List<ProcessDetails> pids(String id) {
    return wire
        .call(
            TasksGrpc.getListPidsMethod(), ListPidsRequest.newBuilder().setContainerId(id).build())
        .getProcessesList()
        .stream()
        .map(TaskWire::decode)
        .toList();
  }

  /** Changes the limits of a running task; {@code resources} is OCI Linux resources. */
  public void update(String id, TypedValue resources, Map<String, String> annotations) {
    wire.call(
        TasksGrpc.getUpdateMethod(),
        UpdateTaskRequest.newBuilder()
            .setContainerId(id)
            .setResources(AnyWire.encode(resources))
            .putAllAnnotations(annotations)
            .build());
  }

  /** Counters of the tasks that match any filter; of all if there is none. */
  public List<TaskMetric> metrics(List<String> filters) {
    return wire
        .call(
            TasksGrpc.getMetricsMethod(),
            MetricsRequest.newBuilder().addAllFilters(filters).build())
        .getMetricsList()
        .stream()
        .map(
            metric ->
                new TaskMetric(
                    TimestampWire.decode(metric.getTimestamp()),
                    metric.getId(),
                    AnyWire.decode(metric.getData())))
        .toList();
  }

  /** Waits for the end of a process, without limit; the process id of the answer is 0. */
  public Exit await(String id, String execId) {
    WaitRequest request = WaitRequest.newBuilder().setContainerId(id).setExecId(execId).build();
    WaitResponse answer = wire.callPatiently(TasksGrpc.getWaitMethod(), request);
    return new Exit(0, answer.getExitStatus(), TimestampWire.decode(answer.getExitedAt()));
  }
}
