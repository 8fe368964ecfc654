// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.MessageLite;
import containerd.events.TaskCreate;
import containerd.events.TaskDelete;
import containerd.events.TaskExecAdded;
import containerd.events.TaskExecStarted;
import containerd.events.TaskExit;
import containerd.events.TaskIO;
import containerd.events.TaskOOM;
import containerd.events.TaskPaused;
import containerd.events.TaskResumed;
import containerd.events.TaskStart;
import containerd.task.v3.CreateTaskRequest;
import gantry.runtime.Exit;
import gantry.wire.TimestampWire;

/** The events of tasks: topic and message of each. */
final class TaskEvents {
  private final Events events;

  TaskEvents(Events events) {
    this.events = events;
  }

  void created(Task task, int pid) {
    CreateTaskRequest request = task.request();
    TaskIO io =
        TaskIO.newBuilder()
            .setStdin(request.getStdin())
            .setStdout(request.getStdout())
            .setStderr(request.getStderr())
            .setTerminal(request.getTerminal())
            .build();
    send(
        task,
        "create",
        "TaskCreate",
        TaskCreate.newBuilder()
            .setContainerId(id(task))
            .setBundle(request.getBundle())
            .addAllRootfs(request.getRootfsList())
            .setIo(io)
            .setCheckpoint(request.getCheckpoint())
            .setPid(pid)
            .build());
  }

  void started(Task task, TaskProcess process) {
    if (process.isInit()) {
      send(
          task,
          "start",
          "TaskStart",
          TaskStart.newBuilder().setContainerId(id(task)).setPid(process.pid()).build());
      return;
    }
    send(
        task,
        "exec-started",
        "TaskExecStarted",
        TaskExecStarted.newBuilder()
            .setContainerId(id(task))
            .setExecId(process.execId())
            .setPid(process.pid())
            .build());
  }

  void execAdded(Task task, String execId) {
    send(
        task,
        "exec-added",
        "TaskExecAdded",
        TaskExecAdded.newBuilder().setContainerId(id(task)).setExecId(execId).build());
  }

  void exited(Task task, TaskProcess process, Exit exit) {
    send(
        task,
        "exit",
        "TaskExit",
        TaskExit.newBuilder()
            .setContainerId(id(task))
            .setId(process.isInit() ? id(task) : process.execId())
            .setPid(exit.pid())
            .setExitStatus(exit.status())
            .setExitedAt(TimestampWire.encode(exit.exitedAt()))
            .build());
  }

  void deleted(Task task, Exit exit) {
    send(
        task,
        "delete",
        "TaskDelete",
        TaskDelete.newBuilder()
            .setContainerId(id(task))
            .setPid(exit.pid())
            .setExitStatus(exit.status())
            .setExitedAt(TimestampWire.encode(exit.exitedAt()))
            .build());
  }

  void outOfMemory(Task task) {
    send(task, "oom", "TaskOOM", TaskOOM.newBuilder().setContainerId(id(task)).build());
  }

  void paused(Task task) {
    send(task, "paused", "TaskPaused", TaskPaused.newBuilder().setContainerId(id(task)).build());
  }

  void resumed(Task task) {
    send(task, "resumed", "TaskResumed", TaskResumed.newBuilder().setContainerId(id(task)).build());
  }

  private static String id(Task task) {
    return task.key().id();
  }

  private void send(Task task, String topic, String type, MessageLite event) {
    events.publish(task.key().namespace(), "/tasks/" + topic, "containerd.events." + type, event);
  }
}
