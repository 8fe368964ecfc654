// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.runc.v1.CheckpointOptions;
import containerd.task.v3.CheckpointTaskRequest;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnknownException;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** What can be done to a container between its start and its end. */
final class TaskControl {
  private final Host host;
  private final TaskEvents events;

  TaskControl(Host host, TaskEvents events) {
    this.host = host;
    this.events = events;
  }

  void pause(Task task) throws IOException, InterruptedException {
    TaskProcess init = task.init();
    task.operation().lock();
    try {
      if (!init.become(TaskStatus.RUNNING, TaskStatus.PAUSING)) {
        throw refused("pause", init);
      }
      try {
        task.runc().pause(task.key().id());
        init.become(TaskStatus.PAUSING, TaskStatus.PAUSED);
        events.paused(task);
      } finally {
        init.become(TaskStatus.PAUSING, TaskStatus.RUNNING);
      }
    } finally {
      task.operation().unlock();
    }
  }

  void resume(Task task) throws IOException, InterruptedException {
    TaskProcess init = task.init();
    task.operation().lock();
    try {
      if (init.status() != TaskStatus.PAUSED) {
        throw refused("resume", init);
      }
      task.runc().resume(task.key().id());
      init.become(TaskStatus.PAUSED, TaskStatus.RUNNING);
      events.resumed(task);
    } finally {
      task.operation().unlock();
    }
  }

  /** Changes limits as OCI resources in JSON say. */
  void update(Task task, ByteString resources) throws IOException, InterruptedException {
    task.operation().lock();
    try {
      if (task.init().status() == TaskStatus.STOPPED) {
        throw refused("update", task.init());
      }
      Path file = Files.createTempFile(host.scratch(), "resources", ".json");
      try {
        Files.write(file, resources.toByteArray());
        task.runc().update(task.key().id(), file);
      } finally {
        Files.deleteIfExists(file);
      }
    } finally {
      task.operation().unlock();
    }
  }

  void checkpoint(Task task, CheckpointTaskRequest request)
      throws IOException, InterruptedException {
    CheckpointOptions options = options(request);
    task.operation().lock();
    try {
      TaskStatus status = task.init().status();
      if (status != TaskStatus.RUNNING && status != TaskStatus.PAUSED) {
        throw refused("checkpoint", task.init());
      }
      checkpoint(task, Path.of(request.getPath()), options);
    } finally {
      task.operation().unlock();
    }
  }

  private void checkpoint(Task task, Path image, CheckpointOptions options)
      throws IOException, InterruptedException {
    Path work =
        options.getWorkPath().isEmpty()
            ? host.ledger().directory(task.key()).resolve("criu-work")
            : Path.of(options.getWorkPath());
    Path log = work.resolve("dump.log");
    Files.deleteIfExists(log);
    try {
      task.runc().checkpoint(task.key().id(), image, work, options);
    } catch (Runc.RuntimeFailure e) {
      if (!Files.exists(log)) {
        throw e;
      }
      Path kept = task.bundle().resolve("criu-dump.log");
      Files.copy(log, kept, StandardCopyOption.REPLACE_EXISTING);
      throw new IOException(e.getMessage() + ", see " + kept, e);
    }
  }

  private static CheckpointOptions options(CheckpointTaskRequest request) {
    try {
      return CheckpointOptions.parseFrom(request.getOptions().getValue());
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("checkpoint " + request.getId() + ": bad options", e);
    }
  }

  /** Signals the init process, or all processes. */
  void kill(Task task, int signal, boolean all) throws IOException, InterruptedException {
    if (!all && task.init().status() == TaskStatus.RUNNING && task.shortcut().kill(signal)) {
      return;
    }
    try {
      task.runc().kill(task.key().id(), signal, all);
    } catch (Runc.RuntimeFailure e) {
      String reason = e.getMessage().toLowerCase(Locale.ROOT);
      if (reason.contains("container not running")
          || reason.contains("process already finished")
          || reason.contains("no such process")) {
        throw new NotFoundException("process already finished", e);
      }
      if (reason.contains("does not exist")) {
        throw new NotFoundException("no such container", e);
      }
      throw new IOException("unknown error after kill: " + e.getMessage(), e);
    }
  }

  private static UnknownException refused(String what, TaskProcess init) {
    return new UnknownException("cannot " + what + " a " + InitLifecycle.word(init) + " container");
  }
}
