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

  /** Its text fields, by the names that filters give them after {@code event}. */
  default Map<String, String> texts() {
    return Map.of();
  }

  /** Its labels; those of an event that has none are empty. */
  default Map<String, String> labels() {
    return Map.of();
  }

  /** A field as filters name it, after {@code event}. */
  default Optional<String> field(List<String> path) {
    return path.getFirst().equals("labels")
        ? Optional.ofNullable(labels().get(String.join(".", path.subList(1, path.size()))))
        : Fields.text(texts().getOrDefault(String.join(".", path), ""));
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
    public Map<String, String> texts() {
      return Map.of("id", id, "image", image, "runtime.name", runtime);
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
    public Map<String, String> texts() {
      return Map.of("id", id, "image", image, "snapshot_key", snapshotKey);
    }
  }

  /** A container record was deleted. */
  record ContainerDelete(String id) implements Event {
    @Override
    public String topic() {
      return "/containers/delete";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("id", id);
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
    public Map<String, String> texts() {
      return Map.of("digest", digest);
    }
  }

  /** A blob was deleted. */
  record ContentDelete(String digest) implements Event {
    @Override
    public String topic() {
      return "/content/delete";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("digest", digest);
    }
  }

  /** An image was made. */
  record ImageCreate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/images/create";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("name", name);
    }
  }

  /** An image was changed. */
  record ImageUpdate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/images/update";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("name", name);
    }
  }

  /** An image was deleted. */
  record ImageDelete(String name) implements Event {
    @Override
    public String topic() {
      return "/images/delete";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("name", name);
    }
  }

  /** A namespace was made. */
  record NamespaceCreate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/namespaces/create";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("name", name);
    }
  }

  /** A namespace was changed. */
  record NamespaceUpdate(String name, Map<String, String> labels) implements Event {
    @Override
    public String topic() {
      return "/namespaces/update";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("name", name);
    }
  }

  /** A namespace was deleted. */
  record NamespaceDelete(String name) implements Event {
    @Override
    public String topic() {
      return "/namespaces/delete";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("name", name);
    }
  }

  /** An active snapshot was made. */
  record SnapshotPrepare(String key, String parent, String snapshotter) implements Event {
    @Override
    public String topic() {
      return "/snapshot/prepare";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("key", key, "parent", parent, "snapshotter", snapshotter);
    }
  }

  /** A snapshot was committed. */
  record SnapshotCommit(String key, String name, String snapshotter) implements Event {
    @Override
    public String topic() {
      return "/snapshot/commit";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("key", key, "name", name, "snapshotter", snapshotter);
    }
  }

  /** A snapshot was removed. */
  record SnapshotRemove(String key, String snapshotter) implements Event {
    @Override
    public String topic() {
      return "/snapshot/remove";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("key", key, "snapshotter", snapshotter);
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
    public Map<String, String> texts() {
      return Map.of(
          "container_id",
          containerId,
          "bundle",
          bundle,
          "checkpoint",
          checkpoint,
          "io.stdin",
          io.stdin,
          "io.stdout",
          io.stdout,
          "io.stderr",
          io.stderr,
          "io.terminal",
          Boolean.toString(io.terminal));
    }
  }

  /** Where the streams of a process go; FIFO paths or URIs, empty for none. */
  record TaskIo(String stdin, String stdout, String stderr, boolean terminal) {}

  /** The init process was started. */
  record TaskStart(String containerId, int pid) implements Event {
    @Override
    public String topic() {
      return "/tasks/start";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("container_id", containerId);
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
    public Map<String, String> texts() {
      return Map.of("container_id", containerId, "id", id);
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
    public Map<String, String> texts() {
      return Map.of("container_id", containerId, "id", id);
    }
  }

  /** The kernel killed a process of the container for want of memory. */
  record TaskOom(String containerId) implements Event {
    @Override
    public String topic() {
      return "/tasks/oom";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("container_id", containerId);
    }
  }

  /** A further process was declared. */
  record TaskExecAdded(String containerId, String execId) implements Event {
    @Override
    public String topic() {
      return "/tasks/exec-added";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("container_id", containerId, "exec_id", execId);
    }
  }

  /** A further process was started. */
  record TaskExecStarted(String containerId, String execId, int pid) implements Event {
    @Override
    public String topic() {
      return "/tasks/exec-started";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("container_id", containerId, "exec_id", execId);
    }
  }

  /** All processes were frozen. */
  record TaskPaused(String containerId) implements Event {
    @Override
    public String topic() {
      return "/tasks/paused";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("container_id", containerId);
    }
  }

  /** All processes were thawed. */
  record TaskResumed(String containerId) implements Event {
    @Override
    public String topic() {
      return "/tasks/resumed";
    }

    @Override
    public Map<String, String> texts() {
      return Map.of("container_id", containerId);
    }
  }

  /** An event of a kind not known here, carried through as it came. */
  record Opaque(String topic, TypedValue value) implements Event {}
}
