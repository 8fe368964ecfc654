// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.task.v3.CheckpointTaskRequest;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.KillRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.UpdateTaskRequest;
import containerd.task.v3.WaitResponse;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.typed.TypedValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of a shim that are more than an id or two, of version 3 of its API. */
public final class ShimWire {
  private ShimWire() {}

  /** Encodes a request to make a task in a bundle. */
  public static CreateTaskRequest create(Bundle bundle, CreateTask request) {
    ProcessIo io = request.io();
    CreateTaskRequest.Builder encoded =
        CreateTaskRequest.newBuilder()
            .setId(bundle.id())
            .setBundle(bundle.state().toString())
            .addAllRootfs(MountWire.encodeAll(request.rootfs()))
            .setTerminal(io.terminal())
            .setStdin(io.stdin())
            .setStdout(io.stdout())
            .setStderr(io.stderr())
            .setCheckpoint(request.image());
    TypedValue options = request.options();
    if (options != null) {
      encoded.setOptions(AnyWire.encode(options));
    }
    return encoded.build();
  }

  /** Encodes a request for a further process. */
  public static ExecProcessRequest exec(
      TaskName task, String execId, ProcessIo io, TypedValue spec) {
    return ExecProcessRequest.newBuilder()
        .setId(task.id())
        .setExecId(execId)
        .setTerminal(io.terminal())
        .setStdin(io.stdin())
        .setStdout(io.stdout())
        .setStderr(io.stderr())
        .setSpec(AnyWire.encode(spec))
        .build();
  }

  /** Encodes a signal; the exec id is empty for a task's first process. */
  public static KillRequest kill(TaskName task, String execId, int signal, boolean all) {
    return KillRequest.newBuilder()
        .setId(task.id())
        .setExecId(execId)
        .setSignal(signal)
        .setAll(all)
        .build();
  }

  /** Encodes a request to write a task's state to a directory. */
  public static CheckpointTaskRequest checkpoint(
      TaskName task, String path, @Nullable TypedValue options) {
    CheckpointTaskRequest.Builder encoded =
        CheckpointTaskRequest.newBuilder().setId(task.id()).setPath(path);
    if (options != null) {
      encoded.setOptions(AnyWire.encode(options));
    }
    return encoded.build();
  }

  /** Encodes new limits. */
  public static UpdateTaskRequest update(
      TaskName task, TypedValue resources, Map<String, String> annotations) {
    return UpdateTaskRequest.newBuilder()
        .setId(task.id())
        .setResources(AnyWire.encode(resources))
        .putAllAnnotations(annotations)
        .build();
  }

  /** Decodes a process; its id is its exec's, if it has one. */
  public static ProcessState state(StateResponse state) {
    return new ProcessState(
        state.getExecId().isEmpty() ? state.getId() : state.getExecId(),
        state.getPid(),
        TaskWire.decode(state.getStatus()),
        state.getStdin(),
        state.getStdout(),
        state.getStderr(),
        state.getTerminal(),
        state.getExitStatus(),
        TimestampWire.decodeIfSet(state.getExitedAt()));
  }

  /** Decodes the end of a process that was collected. */
  public static Exit exit(DeleteResponse deleted) {
    return new Exit(
        deleted.getPid(), deleted.getExitStatus(), TimestampWire.decode(deleted.getExitedAt()));
  }

  /** Decodes the end of a process; its pid is 0, for a wait does not tell it. */
  public static Exit exit(WaitResponse ended) {
    return new Exit(0, ended.getExitStatus(), TimestampWire.decode(ended.getExitedAt()));
  }
}
