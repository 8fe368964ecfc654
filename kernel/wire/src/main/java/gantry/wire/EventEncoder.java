// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.Message;
import containerd.events.ContainerCreate;
import containerd.events.ContainerDelete;
import containerd.events.ContainerUpdate;
import containerd.events.ContentCreate;
import containerd.events.ContentDelete;
import containerd.events.NamespaceCreate;
import containerd.events.NamespaceDelete;
import containerd.events.NamespaceUpdate;
import containerd.events.SnapshotCommit;
import containerd.events.SnapshotPrepare;
import containerd.events.SnapshotRemove;
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
import containerd.services.images.v1.ImageCreate;
import containerd.services.images.v1.ImageDelete;
import containerd.services.images.v1.ImageUpdate;
import gantry.events.Event;
import gantry.typed.TypedValue;

/** The message of each event. */
final class EventEncoder {
  private EventEncoder() {}

  static Message message(Event event) {
    return switch (event) {
      case Event.ContainerCreate e -> container(e);
      case Event.ContainerUpdate e ->
          ContainerUpdate.newBuilder()
              .setId(e.id())
              .setImage(e.image())
              .putAllLabels(e.labels())
              .setSnapshotKey(e.snapshotKey())
              .build();
      case Event.ContainerDelete e -> ContainerDelete.newBuilder().setId(e.id()).build();
      case Event.ContentCreate e ->
          ContentCreate.newBuilder().setDigest(e.digest()).setSize(e.size()).build();
      case Event.ContentDelete e -> ContentDelete.newBuilder().setDigest(e.digest()).build();
      case Event.ImageCreate e ->
          ImageCreate.newBuilder().setName(e.name()).putAllLabels(e.labels()).build();
      case Event.ImageUpdate e ->
          ImageUpdate.newBuilder().setName(e.name()).putAllLabels(e.labels()).build();
      case Event.ImageDelete e -> ImageDelete.newBuilder().setName(e.name()).build();
      case Event.NamespaceCreate e ->
          NamespaceCreate.newBuilder().setName(e.name()).putAllLabels(e.labels()).build();
      case Event.NamespaceUpdate e ->
          NamespaceUpdate.newBuilder().setName(e.name()).putAllLabels(e.labels()).build();
      case Event.NamespaceDelete e -> NamespaceDelete.newBuilder().setName(e.name()).build();
      case Event.SnapshotPrepare e ->
          SnapshotPrepare.newBuilder()
              .setKey(e.key())
              .setParent(e.parent())
              .setSnapshotter(e.snapshotter())
              .build();
      case Event.SnapshotCommit e ->
          SnapshotCommit.newBuilder()
              .setKey(e.key())
              .setName(e.name())
              .setSnapshotter(e.snapshotter())
              .build();
      case Event.SnapshotRemove e ->
          SnapshotRemove.newBuilder().setKey(e.key()).setSnapshotter(e.snapshotter()).build();
      case Event.TaskCreate e -> task(e);
      case Event.TaskStart e ->
          TaskStart.newBuilder().setContainerId(e.containerId()).setPid(e.pid()).build();
      case Event.TaskExit e ->
          TaskExit.newBuilder()
              .setContainerId(e.containerId())
              .setId(e.id())
              .setPid(e.pid())
              .setExitStatus(e.exitStatus())
              .setExitedAt(TimestampWire.encode(e.exitedAt()))
              .build();
      case Event.TaskDelete e ->
          TaskDelete.newBuilder()
              .setContainerId(e.containerId())
              .setPid(e.pid())
              .setExitStatus(e.exitStatus())
              .setExitedAt(TimestampWire.encode(e.exitedAt()))
              .setId(e.id())
              .build();
      case Event.TaskOom e -> TaskOOM.newBuilder().setContainerId(e.containerId()).build();
      case Event.TaskExecAdded e ->
          TaskExecAdded.newBuilder().setContainerId(e.containerId()).setExecId(e.execId()).build();
      case Event.TaskExecStarted e ->
          TaskExecStarted.newBuilder()
              .setContainerId(e.containerId())
              .setExecId(e.execId())
              .setPid(e.pid())
              .build();
      case Event.TaskPaused e -> TaskPaused.newBuilder().setContainerId(e.containerId()).build();
      case Event.TaskResumed e -> TaskResumed.newBuilder().setContainerId(e.containerId()).build();
      case Event.Opaque e -> throw new IllegalArgumentException("no message for " + e.topic());
    };
  }

  private static Message container(Event.ContainerCreate event) {
    ContainerCreate.Runtime.Builder runtime =
        ContainerCreate.Runtime.newBuilder().setName(event.runtime());
    TypedValue options = event.runtimeOptions();
    if (options != null) {
      runtime.setOptions(AnyWire.encode(options));
    }
    return ContainerCreate.newBuilder()
        .setId(event.id())
        .setImage(event.image())
        .setRuntime(runtime)
        .build();
  }

  private static Message task(Event.TaskCreate event) {
    return TaskCreate.newBuilder()
        .setContainerId(event.containerId())
        .setBundle(event.bundle())
        .addAllRootfs(MountWire.encodeAll(event.rootfs()))
        .setIo(
            TaskIO.newBuilder()
                .setStdin(event.io().stdin())
                .setStdout(event.io().stdout())
                .setStderr(event.io().stderr())
                .setTerminal(event.io().terminal()))
        .setCheckpoint(event.checkpoint())
        .setPid(event.pid())
        .build();
  }
}
