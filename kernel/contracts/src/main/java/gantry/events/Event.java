// SPDX-License-Identifier: Apache-2.0
package gantry.events;

import gantry.filters.Fields;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something that happened. Immutable. On the wire each is a message of its topic. */
public sealed interface Event {
  /** Where it is published, for example {@code /images/create}. */
  String topic();

  /** A field as filters name it, after {@code event}. */
  default Optional<String> field(List<String> path) {
    return Optional.empty();
  }

  /** A container record was made. */
  record ContainerCreate(
      String id, String image, String runtime, @Nullable TypedValue runtimeOptions)
      implements Event {
    @Override
    public String topic() {
      return "/containers/create";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (String.join(".", path)) {
        case "id" -> Fields.text(id);
        case "image" -> Fields.text(image);
        case "runtime.name" -> Fields.text(runtime);
        default -> Optional.empty();
      };
    }
  }

  /** A container record was changed. */
  record ContainerUpdate(String id, String image, Map<String, String> labels, String snapshotKey)
      implements Event {
    @Override
    public String topic() {
      return "/containers/update";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "id" -> Fields.text(id);
        case "image" -> Fields.text(image);
        case "snapshot_key" -> Fields.text(snapshotKey);
        default -> label(labels, path);
      };
    }
  }

  /** A container record was deleted. */
  record ContainerDelete(String id) implements Event {
    @Override
    public String topic() {
      return "/containers/delete";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("id", id, path);
    }
  }

  /**
   * A blob was committed.
   *
   * @param size bytes
   */
  record ContentCreate(String digest, long size) implements Event {
    @Override
    public String topic() {
      return "/content/create";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("digest", digest, path);
    }
  }

  /** A blob was deleted. */
  record ContentDelete(String digest) implements Event {
    @Override
    public String topic() {
      return "/content/delete";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("digest", digest, path);
    }
  }

  /** An image was made. */
  record ImageCreate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/images/create";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return named(name, labels, path);
    }
  }

  /** An image was changed. */
  record ImageUpdate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/images/update";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return named(name, labels, path);
    }
  }

  /** An image was deleted. */
  record ImageDelete(String name) implements Event {
    @Override
    public String topic() {
      return "/images/delete";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("name", name, path);
    }
  }

  /** A namespace was made. */
  record NamespaceCreate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/namespaces/create";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return named(name, labels, path);
    }
  }

  /** A namespace was changed. */
  record NamespaceUpdate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/namespaces/update";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return named(name, labels, path);
    }
  }

  /** A namespace was deleted. */
  record NamespaceDelete(String name) implements Event {
    @Override
    public String topic() {
      return "/namespaces/delete";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("name", name, path);
    }
  }

  /** An active snapshot was made. */
  record SnapshotPrepare(String key, String parent, String snapshotter) implements Event {
    @Override
    public String topic() {
      return "/snapshot/prepare";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "key" -> Fields.text(key);
        case "parent" -> Fields.text(parent);
        case "snapshotter" -> Fields.text(snapshotter);
        default -> Optional.empty();
      };
    }
  }

  /** A snapshot was committed. */
  record SnapshotCommit(String key, String name, String snapshotter) implements Event {
    @Override
    public String topic() {
      return "/snapshot/commit";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "key" -> Fields.text(key);
        case "name" -> Fields.text(name);
        case "snapshotter" -> Fields.text(snapshotter);
        default -> Optional.empty();
      };
    }
  }

  /** A snapshot was removed. */
  record SnapshotRemove(String key, String snapshotter) implements Event {
    @Override
    public String topic() {
      return "/snapshot/remove";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "key" -> Fields.text(key);
        case "snapshotter" -> Fields.text(snapshotter);
        default -> Optional.empty();
      };
    }
  }

  /** The init process of a task is there, not started. */
  record TaskCreate(
      String containerId,
      String bundle,
      List<gantry.mounts.Mount> rootfs,
      TaskIo io,
      String checkpoint,
      int pid)
      implements Event {
    @Override
    public String topic() {
      return "/tasks/create";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "container_id" -> Fields.text(containerId);
        case "bundle" -> Fields.text(bundle);
        case "io" -> path.size() > 1 ? io.field(path.get(1)) : Optional.empty();
        case "checkpoint" -> Fields.text(checkpoint);
        default -> Optional.empty();
      };
    }
  }

  /** Where the streams of a process go; FIFO paths or URIs, empty for none. */
  record TaskIo(String stdin, String stdout, String stderr, boolean terminal) {
    Optional<String> field(String name) {
      return switch (name) {
        case "stdin" -> Fields.text(stdin);
        case "stdout" -> Fields.text(stdout);
        case "stderr" -> Fields.text(stderr);
        case "terminal" -> Optional.of(Boolean.toString(terminal));
        default -> Optional.empty();
      };
    }
  }

  /** The init process was started. */
  record TaskStart(String containerId, int pid) implements Event {
    @Override
    public String topic() {
      return "/tasks/start";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("container_id", containerId, path);
    }
  }

  /** A process ended; {@code id} is the container's id for the init process. */
  record TaskExit(String containerId, String id, int pid, int exitStatus, Instant exitedAt)
      implements Event {
    @Override
    public String topic() {
      return "/tasks/exit";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "container_id" -> Fields.text(containerId);
        case "id" -> Fields.text(id);
        default -> Optional.empty();
      };
    }
  }

  /** A task was deleted; {@code id} is empty for the init process. */
  record TaskDelete(String containerId, int pid, int exitStatus, Instant exitedAt, String id)
      implements Event {
    @Override
    public String topic() {
      return "/tasks/delete";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return switch (path.getFirst()) {
        case "container_id" -> Fields.text(containerId);
        case "id" -> Fields.text(id);
        default -> Optional.empty();
      };
    }
  }

  /** The kernel killed a process of the container for want of memory. */
  record TaskOom(String containerId) implements Event {
    @Override
    public String topic() {
      return "/tasks/oom";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("container_id", containerId, path);
    }
  }

  /** A further process was declared. */
  record TaskExecAdded(String containerId, String execId) implements Event {
    @Override
    public String topic() {
      return "/tasks/exec-added";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return exec(containerId, execId, path);
    }
  }

  /** A further process was started. */
  record TaskExecStarted(String containerId, String execId, int pid) implements Event {
    @Override
    public String topic() {
      return "/tasks/exec-started";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return exec(containerId, execId, path);
    }
  }

  /** All processes were frozen. */
  record TaskPaused(String containerId) implements Event {
    @Override
    public String topic() {
      return "/tasks/paused";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("container_id", containerId, path);
    }
  }

  /** All processes were thawed. */
  record TaskResumed(String containerId) implements Event {
    @Override
    public String topic() {
      return "/tasks/resumed";
    }

    @Override
    public Optional<String> field(List<String> path) {
      return only("container_id", containerId, path);
    }
  }

  /** An event of a kind not known here, carried through as it came. */
  record Opaque(String topic, TypedValue value) implements Event {}

  private static Optional<String> only(String name, String value, List<String> path) {
    return path.getFirst().equals(name) ? Fields.text(value) : Optional.empty();
  }

  private static Optional<String> named(
      String name, Map<String, String> labels, List<String> path) {
    return path.getFirst().equals("name") ? Fields.text(name) : label(labels, path);
  }

  private static Optional<String> label(Map<String, String> labels, List<String> path) {
    return path.getFirst().equals("labels")
        ? Optional.ofNullable(labels.get(String.join(".", path.subList(1, path.size()))))
        : Optional.empty();
  }

  private static Optional<String> exec(String containerId, String execId, List<String> path) {
    return switch (path.getFirst()) {
      case "container_id" -> Fields.text(containerId);
      case "exec_id" -> Fields.text(execId);
      default -> Optional.empty();
    };
  }
}
