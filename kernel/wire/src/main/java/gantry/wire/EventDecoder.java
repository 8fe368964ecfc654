// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
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
import containerd.events.TaskOOM;
import containerd.events.TaskPaused;
import containerd.events.TaskResumed;
import containerd.events.TaskStart;
import containerd.services.images.v1.ImageCreate;
import containerd.services.images.v1.ImageDelete;
import containerd.services.images.v1.ImageUpdate;
import gantry.events.Event;
import org.jspecify.annotations.Nullable;

/** The event of each message. */
final class EventDecoder {
  private EventDecoder() {}

  /** Null for a type that is not known. */
  static @Nullable Event event(String type, ByteString bytes)
      throws InvalidProtocolBufferException {
    int dot = type.lastIndexOf('.');
    String name = type.substring(dot + 1);
    return switch (type.substring(0, Math.max(dot, 0))) {
      case "containerd.services.images.v1" -> image(name, bytes);
      case "containerd.events" -> name.startsWith("Task") ? task(name, bytes) : object(name, bytes);
      default -> null;
    };
  }

  private static @Nullable Event image(String name, ByteString bytes)
      throws InvalidProtocolBufferException {
    return switch (name) {
      case "ImageCreate" -> {
        ImageCreate m = ImageCreate.parseFrom(bytes);
        yield new Event.ImageCreate(m.getName(), m.getLabelsMap());
      }
      case "ImageUpdate" -> {
        ImageUpdate m = ImageUpdate.parseFrom(bytes);
        yield new Event.ImageUpdate(m.getName(), m.getLabelsMap());
      }
      case "ImageDelete" -> new Event.ImageDelete(ImageDelete.parseFrom(bytes).getName());
      default -> null;
    };
  }

  private static @Nullable Event object(String name, ByteString bytes)
      throws InvalidProtocolBufferException {
    return switch (name) {
      case "ContainerCreate" -> containerCreate(ContainerCreate.parseFrom(bytes));
      case "ContainerUpdate" -> {
        ContainerUpdate m = ContainerUpdate.parseFrom(bytes);
        yield new Event.ContainerUpdate(
            m.getId(), m.getImage(), m.getLabelsMap(), m.getSnapshotKey());
      }
      case "ContainerDelete" -> new Event.ContainerDelete(ContainerDelete.parseFrom(bytes).getId());
      case "ContentCreate" -> {
        ContentCreate m = ContentCreate.parseFrom(bytes);
        yield new Event.ContentCreate(m.getDigest(), m.getSize());
      }
      case "ContentDelete" -> new Event.ContentDelete(ContentDelete.parseFrom(bytes).getDigest());
      case "NamespaceCreate" -> {
        NamespaceCreate m = NamespaceCreate.parseFrom(bytes);
        yield new Event.NamespaceCreate(m.getName(), m.getLabelsMap());
      }
      case "NamespaceUpdate" -> {
        NamespaceUpdate m = NamespaceUpdate.parseFrom(bytes);
        yield new Event.NamespaceUpdate(m.getName(), m.getLabelsMap());
      }
      case "NamespaceDelete" ->
          new Event.NamespaceDelete(NamespaceDelete.parseFrom(bytes).getName());
      case "SnapshotPrepare" -> {
        SnapshotPrepare m = SnapshotPrepare.parseFrom(bytes);
        yield new Event.SnapshotPrepare(m.getKey(), m.getParent(), m.getSnapshotter());
      }
      case "SnapshotCommit" -> {
        SnapshotCommit m = SnapshotCommit.parseFrom(bytes);
        yield new Event.SnapshotCommit(m.getKey(), m.getName(), m.getSnapshotter());
      }
      case "SnapshotRemove" -> {
        SnapshotRemove m = SnapshotRemove.parseFrom(bytes);
        yield new Event.SnapshotRemove(m.getKey(), m.getSnapshotter());
      }
      default -> null;
    };
  }

  private static @Nullable Event task(String name, ByteString bytes)
      throws InvalidProtocolBufferException {
    return switch (name) {
      case "TaskCreate" -> taskCreate(TaskCreate.parseFrom(bytes));
      case "TaskStart" -> {
        TaskStart m = TaskStart.parseFrom(bytes);
        yield new Event.TaskStart(m.getContainerId(), m.getPid());
      }
      case "TaskExit" -> {
        TaskExit m = TaskExit.parseFrom(bytes);
        yield new Event.TaskExit(
            m.getContainerId(),
            m.getId(),
            m.getPid(),
            m.getExitStatus(),
            TimestampWire.decode(m.getExitedAt()));
      }
      case "TaskDelete" -> {
        TaskDelete m = TaskDelete.parseFrom(bytes);
        yield new Event.TaskDelete(
            m.getContainerId(),
            m.getPid(),
            m.getExitStatus(),
            TimestampWire.decode(m.getExitedAt()),
            m.getId());
      }
      case "TaskOOM" -> new Event.TaskOom(TaskOOM.parseFrom(bytes).getContainerId());
      case "TaskExecAdded" -> {
        TaskExecAdded m = TaskExecAdded.parseFrom(bytes);
        yield new Event.TaskExecAdded(m.getContainerId(), m.getExecId());
      }
      case "TaskExecStarted" -> {
        TaskExecStarted m = TaskExecStarted.parseFrom(bytes);
        yield new Event.TaskExecStarted(m.getContainerId(), m.getExecId(), m.getPid());
      }
      case "TaskPaused" -> new Event.TaskPaused(TaskPaused.parseFrom(bytes).getContainerId());
      case "TaskResumed" -> new Event.TaskResumed(TaskResumed.parseFrom(bytes).getContainerId());
      default -> null;
    };
  }

  private static Event containerCreate(ContainerCreate message) {
    ContainerCreate.Runtime runtime = message.getRuntime();
    return new Event.ContainerCreate(
        message.getId(),
        message.getImage(),
        runtime.getName(),
        runtime.hasOptions() ? AnyWire.decode(runtime.getOptions()) : null);
  }

  private static Event taskCreate(TaskCreate message) {
    return new Event.TaskCreate(
        message.getContainerId(),
        message.getBundle(),
        MountWire.decodeAll(message.getRootfsList()),
        new Event.TaskIo(
            message.getIo().getStdin(),
            message.getIo().getStdout(),
            message.getIo().getStderr(),
            message.getIo().getTerminal()),
        message.getCheckpoint(),
        message.getPid());
  }
}
