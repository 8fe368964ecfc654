// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.UnknownException;
import gantry.linux.Mounts;
import gantry.mounts.Mount;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import gantry.wire.MountWire;
import gantry.wire.TimestampWire;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes, starts and deletes the init processes of tasks. */
final class InitLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(InitLifecycle.class);
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private final Host host;
  private final Launcher launcher;
  private final TaskEvents events;
  private final ExitHandler exits;

  InitLifecycle(Host host, Launcher launcher, TaskEvents events, ExitHandler exits) {
    this.host = host;
    this.launcher = launcher;
    this.events = events;
    this.exits = exits;
  }

  /** Makes the container; after a failure nothing of it is left. */
  void create(Task task, Tasks.Stage stage) throws IOException, InterruptedException {
    TaskProcess init = task.init();
    init.reporting().lock();
    try {
      host.ledger().created(task.key(), task.request());
      task.runc().note(task.bundle());
      stage.at("mounting the root filesystem");
      mount(task);
      stage.at(task.runc().name() + " create");
      if (task.request().getCheckpoint().isEmpty()) {
        launch(task, launch -> task.runc().create(task.key().id(), task.bundle(), launch));
      }
      events.created(task, init.pid());
      if (init.pid() != 0) {
        exits.follow(task, init);
      }
    } catch (IOException | RuntimeException | InterruptedException e) {
      stage.at("removing what was made");
      undo(task, e);
      throw e;
    } finally {
      init.reporting().unlock();
    }
  }

  private void launch(Task task, Launcher.Call call) throws IOException, InterruptedException {
    launcher.launch(task, task.init(), task.pidFile(), call);
    host.ledger().started(task.key(), "", task.init().pid());
    task.findCgroup(task.init().pid(), host.cgroups());
  }

  private static void mount(Task task) throws IOException {
    List<Mount> mounts = MountWire.decodeAll(task.request().getRootfsList());
    if (mounts.isEmpty()) {
      return;
    }
    try {
      Files.createDirectory(
          task.rootfs(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x")));
    } catch (FileAlreadyExistsException e) {
      LOG.debug("{} is there already", task.rootfs());
    }
    try {
      Mounts.mountAll(mounts, task.rootfs());
    } catch (IOException e) {
      throw new IOException("failed to mount rootfs component: " + e.getMessage(), e);
    }
  }

  private void undo(Task task, Exception failure) {
    try {
      new Clearance(host).of(task);
    } catch (IOException e) {
      failure.addSuppressed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
    }
  }

  private static void unmount(Task task) throws IOException {
    if (task.request().getRootfsCount() > 0) {
      Mounts.unmountRecursive(task.rootfs());
    }
  }

  /** Starts it. */
  void start(Task task) throws IOException, InterruptedException {
    TaskProcess init = task.init();
    task.operation().lock();
    init.reporting().lock();
    try {
      if (init.status() != TaskStatus.CREATED) {
        throw new UnknownException("cannot start a " + word(init) + " process");
      }
      if (init.pid() == 0) {
        restore(task);
      } else if (!task.shortcut().start()) {
        task.runc().start(task.key().id());
      }
      init.become(TaskStatus.CREATED, TaskStatus.RUNNING);
      events.started(task, init);
    } finally {
      init.reporting().unlock();
      task.operation().unlock();
    }
  }

  private void restore(Task task) throws IOException, InterruptedException {
    Path image = Path.of(task.request().getCheckpoint());
    String wanted = Runtimes.options(task.request().getOptions()).getCriuWorkPath();
    Path work =
        wanted.isEmpty()
            ? host.ledger().directory(task.key()).resolve("criu-work")
            : Path.of(wanted);
    launch(
        task, launch -> task.runc().restore(task.key().id(), task.bundle(), launch, image, work));
    exits.follow(task, task.init());
  }

  /** Deletes it if it does not run, and all that belongs to it. */
  Exit delete(Task task) throws IOException, InterruptedException {
    task.operation().lock();
    try {
      TaskProcess init = task.init();
      TaskStatus status = init.status();
      if (status != TaskStatus.CREATED && status != TaskStatus.STOPPED) {
        throw new UnknownException("cannot delete a " + word(init) + " process");
      }
      if (status == TaskStatus.STOPPED) {
        awaitEnd(task);
        release(task, init);
      }
      if (status != TaskStatus.STOPPED || !task.shortcut().delete()) {
        task.runc().delete(task.key().id(), false);
      }
      if (status == TaskStatus.CREATED && init.pid() != 0) {
        awaitEnd(task);
        release(task, init);
      }
      for (TaskProcess exec : task.execs()) {
        release(task, exec);
      }
      unmount(task);
      host.ledger().forget(task.key(), "");
      Exit exit = init.exit().orElse(new Exit(init.pid(), 0, TimestampWire.NONE));
      events.deleted(task, exit);
      // one that was to be restored and never was has no end of its own
      init.exited().complete(exit);
      return exit;
    } finally {
      task.operation().unlock();
    }
  }

  private static void release(Task task, TaskProcess process)
      throws IOException, InterruptedException {
    if (!process.release(DRAIN)) {
      LOG.warn("output of {} {} was still being written", task.key(), process.execId());
    }
  }

  /** Its end is reported before its deletion; one that was never started ends by it. */
  private static void awaitEnd(Task task) throws InterruptedException {
    try {
      task.init().exited().get(DRAIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("deleted container {} has not ended", task.key(), e);
    }
  }

  static String word(TaskProcess process) {
    return switch (process.status()) {
      case CREATED -> "created";
      case PAUSED, PAUSING -> "paused";
      case STOPPED -> "stopped";
      case RUNNING, UNKNOWN -> "running";
    };
  }
}
