// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.NotFoundException;
import gantry.linux.Mounts;
import gantry.runtime.Bundle;
import gantry.runtime.Exit;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beginning and the end of a shim in a bundle. Safe for concurrent use. */
final class ShimStart {
  private static final Logger LOG = LoggerFactory.getLogger(ShimStart.class);

  /** How a task ended when nobody can tell. */
  private static final int UNKNOWN = 255;

  private final ShimSettings settings;
  private final ShimProgram programs;
  private final ShimLinks links;
  private final ShimLogs logs;
  private final Shims shims;

  ShimStart(
      ShimSettings settings, ShimProgram programs, ShimLinks links, ShimLogs logs, Shims shims) {
    this.settings = settings;
    this.programs = programs;
    this.links = links;
    this.logs = logs;
    this.shims = shims;
  }

  /** Starts the shim of a bundle, or joins the one that serves its group, and connects. */
  Shim start(Path program, Bundle bundle, @Nullable TypedValue options) {
    TaskName task = name(bundle);
    ShimFiles files = new ShimFiles(bundle.state());
    links.add(task, bundle.state());
    // Before the start, so that whoever finds the bundle after a crash can clean up.
    files.writeProgram(program);
    logs.open(task.id(), files.log());
    Bootstrap bootstrap = programs.start(program, bundle, options);
    files.write(bootstrap);
    return shims.join(task, files, bootstrap);
  }

  /** Has the shim of a sandbox serve a bundle too. */
  Shim join(String sandbox, Bootstrap bootstrap, Bundle bundle) {
    TaskName task = name(bundle);
    ShimFiles files = new ShimFiles(bundle.state());
    files.writeSandbox(sandbox);
    files.write(bootstrap);
    links.add(task, bundle.state());
    return shims.join(task, files, bootstrap);
  }

  /** Ends the shim, unless others use it, and has its program remove what is left. */
  Exit end(Bundle bundle) {
    TaskName task = name(bundle);
    ShimFiles files = new ShimFiles(bundle.state());
    try {
      address(task, files).ifPresent(bootstrap -> shims.join(task, files, bootstrap));
    } catch (NotFoundException e) {
      LOG.debug("shim of task {} is gone already", task.id());
      removeSocket(task);
    } catch (GantryException e) {
      LOG.warn("end shim of task {}: it is not reached: {}", task.id(), e.getMessage());
    }
    if (files.isSandboxed()) {
      endInSandbox(task);
    }
    shims.leave(task);
    Exit exit = cleanUp(bundle, files);
    unmount(bundle);
    return exit;
  }

  /** The shim of a sandbox stays, so it is told to remove the task. */
  private void endInSandbox(TaskName task) {
    try {
      shims.of(task).discard(task);
    } catch (GantryException e) {
      LOG.debug("task {} of a sandbox is not removed: {}", task.id(), e.getMessage());
    }
  }

  /** Where the shim is, also if its start was interrupted before that was written down. */
  private Optional<Bootstrap> address(TaskName task, ShimFiles files) {
    Optional<Bootstrap> written = files.bootstrap();
    Path usual = settings.usualSocket(task.namespace(), task.id());
    return written.isPresent() || !Files.exists(usual)
        ? written
        : Optional.of(new Bootstrap(Bootstrap.LATEST, "unix://" + usual, "ttrpc"));
  }

  /**
   * A shim that was killed leaves its socket; one that a group shares is removed by the next shim.
   */
  private void removeSocket(TaskName task) {
    try {
      Files.deleteIfExists(settings.usualSocket(task.namespace(), task.id()));
    } catch (IOException e) {
      LOG.debug("socket of the shim of task {} stays", task.id(), e);
    }
  }

  private Exit cleanUp(Bundle bundle, ShimFiles files) {
    Optional<Path> program = files.program();
    try {
      if (program.isPresent() && Files.isDirectory(bundle.state())) {
        return programs.delete(program.get(), bundle);
      }
    } catch (GantryException e) {
      LOG.warn("clean up after the shim of task {}: {}", bundle.id(), e.getMessage());
    }
    return new Exit(0, UNKNOWN, Instant.now());
  }

  /** Whatever the shim has left mounted. */
  static void unmount(Bundle bundle) {
    try {
      Mounts.unmountRecursive(bundle.rootfs());
    } catch (IOException e) {
      throw new InternalException("clean up %s: %s".formatted(bundle.rootfs(), e.getMessage()), e);
    }
  }

  static TaskName name(Bundle bundle) {
    return new TaskName(bundle.namespace(), bundle.id());
  }
}
