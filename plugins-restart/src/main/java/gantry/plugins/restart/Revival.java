// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.containers.Container;
import gantry.errors.AlreadyExistsException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.mounts.Mount;
import gantry.plugins.Handle;
import gantry.runtime.CreateTask;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a new task in the place of one that ended. Creation decides who does it if several try:
 * whoever finds a task there leaves it alone, and the restart is counted by the one who made it.
 */
final class Revival {
  private static final Logger LOG = LoggerFactory.getLogger(Revival.class);

  /** What takes as long as a runtime needs; it has limits of its own, which are shorter. */
  private static final Duration CREATION = Duration.ofMinutes(6);

  private final Records records;
  private final Handle<TaskManager> tasks;
  private final Stopping stopping;
  private final Intents intents;
  private final Attempts attempts;
  private final Streams streams = new Streams();

  Revival(
      Records records,
      Handle<TaskManager> tasks,
      Stopping stopping,
      Intents intents,
      Attempts attempts) {
    this.records = records;
    this.tasks = tasks;
    this.stopping = stopping;
    this.intents = intents;
    this.attempts = attempts;
  }

  /**
   * Makes and starts a task.
   *
   * @param state of the one that is there, or null
   * @return whether it did; false if somebody else was faster, or the container is gone
   */
  boolean start(ContainerName name, Container record, @Nullable ProcessState state)
      throws IOException, InterruptedException {
    ProcessIo io = streams.of(record);
    if (state != null && !clear(name, state)) {
      return false;
    }
    List<Mount> rootfs = records.rootfs(name, record);
    try {
      CreateTask request = new CreateTask(record.id(), rootfs, io, null, null, "");
      tasks.within(CREATION).call(t -> t.create(name.namespace(), request));
    } catch (AlreadyExistsException faster) {
      LOG.debug("{} has a task already", name);
      return false;
    } catch (GantryException e) {
      Container left = records.find(name).orElse(null);
      if (left == null) {
        return false;
      }
      attempts.tried(name, count(name, left));
      throw e;
    }
    return run(name, record);
  }

  /** False if it was taken away meanwhile: whoever did that may have more in mind. */
  private boolean clear(ContainerName name, ProcessState state)
      throws IOException, InterruptedException {
    intents.write(name, state.exitStatus());
    try {
      if (state.status() == TaskStatus.STOPPED) {
        stopping.delete(name);
      } else {
        stopping.stop(name, state);
      }
      return true;
    } catch (NotFoundException gone) {
      return false;
    }
  }

  /** The record is read again after each step: its owner may delete it, and knows of no task. */
  private boolean run(ContainerName name, Container before) throws InterruptedException {
    Container record = records.find(name).orElse(null);
    if (record == null || Verdict.of(record.labels(), null, 1) == Verdict.LEAVE) {
      discard(name);
      return false;
    }
    attempts.tried(name, count(name, record));
    tasks.run(t -> t.start(name.namespace(), name.id(), ""));
    intents.remove(name);
    if (records.find(name).isEmpty()) {
      discard(name);
      return false;
    }
    LOG.info("started {} anew, policy {}", name, Policy.of(before.labels()));
    return true;
  }

  private @Nullable Instant count(ContainerName name, Container record) {
    try {
      return records.count(name, record).updatedAt();
    } catch (NotFoundException gone) {
      return null;
    }
  }

  private void discard(ContainerName name) throws InterruptedException {
    LOG.info("{} is not wanted any more: its new task is taken away", name);
    ProcessState state = tasks.call(t -> t.get(name.namespace(), name.id(), ""));
    stopping.stop(name, state);
    intents.remove(name);
  }
}
