// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import containerd.services.tasks.v1.CreateTaskRequest;
import containerd.services.tasks.v1.DeleteResponse;
import containerd.services.tasks.v1.ExecProcessRequest;
import containerd.services.tasks.v1.WaitResponse;
import containerd.types.Metric;
import containerd.v1.types.Process;
import containerd.v1.types.ProcessInfo;
import containerd.v1.types.Status;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskSandbox;
import gantry.runtime.TaskStatus;
import java.time.Instant;

/** Tasks and their processes. */
public final class TaskWire {
  private TaskWire() {}

  /**
   * Decodes a request to make a task.
   *
   * @throws gantry.errors.InvalidArgumentException if the checkpoint's digest is not one
   */
  public static CreateTask decode(CreateTaskRequest request) {
    return new CreateTask(
        request.getContainerId(),
        MountWire.decodeAll(request.getRootfsList()),
        new ProcessIo(
            request.getStdin(), request.getStdout(), request.getStderr(), request.getTerminal()),
        request.hasCheckpoint() ? DescriptorWire.decode(request.getCheckpoint()) : null,
        request.hasOptions() ? AnyWire.decode(request.getOptions()) : null,
        request.getRuntimePath(),
        "",
        request.getTaskApiAddress().isEmpty()
            ? null
            : new TaskSandbox("", request.getTaskApiAddress(), request.getTaskApiVersion()));
  }

  /** Decodes where a further process's streams go. */
  public static ProcessIo io(ExecProcessRequest request) {
    return new ProcessIo(
        request.getStdin(), request.getStdout(), request.getStderr(), request.getTerminal());
  }

  /** Encodes a process. */
  public static Process encode(ProcessState state) {
    Process.Builder encoded =
        Process.newBuilder()
            .setId(state.id())
            .setPid(state.pid())
            .setStatus(encode(state.status()))
            .setStdin(state.stdin())
            .setStdout(state.stdout())
            .setStderr(state.stderr())
            .setTerminal(state.terminal())
            .setExitStatus(state.exitStatus());
    Instant exitedAt = state.exitedAt();
    if (exitedAt != null) {
      encoded.setExitedAt(TimestampWire.encode(exitedAt));
    }
    return encoded.build();
  }

  /** Decodes a process. */
  public static ProcessState decode(Process process) {
    return new ProcessState(
        process.getId(),
        process.getPid(),
        decode(process.getStatus()),
        process.getStdin(),
        process.getStdout(),
        process.getStderr(),
        process.getTerminal(),
        process.getExitStatus(),
        TimestampWire.decodeIfSet(process.getExitedAt()));
  }

  /** Encodes the end of a process that was collected; the id is empty for a task's first one. */
  public static DeleteResponse deleted(String execId, Exit exit) {
    return DeleteResponse.newBuilder()
        .setId(execId)
        .setPid(exit.pid())
        .setExitStatus(exit.status())
        .setExitedAt(TimestampWire.encode(exit.exitedAt()))
        .build();
  }

  /** Encodes the end of a process. */
  public static WaitResponse ended(Exit exit) {
    return WaitResponse.newBuilder()
        .setExitStatus(exit.status())
        .setExitedAt(TimestampWire.encode(exit.exitedAt()))
        .build();
  }

  /** Encodes a process of the task's control group. */
  public static ProcessInfo encode(ProcessDetails process) {
    ProcessInfo.Builder encoded = ProcessInfo.newBuilder().setPid(process.pid());
    if (!process.execId().isEmpty()) {
      encoded.setInfo(
          AnyWire.pack(
              containerd.runc.v1.ProcessDetails.newBuilder().setExecId(process.execId()).build()));
    }
    return encoded.build();
  }

  /** Decodes a process of the task's control group; details of a foreign type are dropped. */
  public static ProcessDetails decode(ProcessInfo process) {
    String type = AnyWire.typeName(process.getInfo().getTypeUrl());
    if (!type.equals(containerd.runc.v1.ProcessDetails.getDescriptor().getFullName())) {
      return new ProcessDetails(process.getPid(), "");
    }
    try {
      return new ProcessDetails(
          process.getPid(),
          containerd.runc.v1.ProcessDetails.parseFrom(process.getInfo().getValue()).getExecId());
    } catch (InvalidProtocolBufferException malformed) {
      return new ProcessDetails(process.getPid(), "");
    }
  }

  /** Encodes a sample of a task's counters. */
  public static Metric encode(TaskMetric metric) {
    return Metric.newBuilder()
        .setTimestamp(TimestampWire.encode(metric.timestamp()))
        .setId(metric.id())
        .setData(AnyWire.encode(metric.data()))
        .build();
  }

  /** Encodes a state. */
  public static Status encode(TaskStatus status) {
    return switch (status) {
      case UNKNOWN -> Status.UNKNOWN;
      case CREATED -> Status.CREATED;
      case RUNNING -> Status.RUNNING;
      case STOPPED -> Status.STOPPED;
      case PAUSED -> Status.PAUSED;
      case PAUSING -> Status.PAUSING;
    };
  }

  /** Decodes a state. */
  public static TaskStatus decode(Status status) {
    return switch (status) {
      case UNKNOWN, UNRECOGNIZED -> TaskStatus.UNKNOWN;
      case CREATED -> TaskStatus.CREATED;
      case RUNNING -> TaskStatus.RUNNING;
      case STOPPED -> TaskStatus.STOPPED;
      case PAUSED -> TaskStatus.PAUSED;
      case PAUSING -> TaskStatus.PAUSING;
    };
  }
}
