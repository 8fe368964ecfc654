// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.events.Event;
import gantry.events.EventBus;
import gantry.linux.Processes;
import gantry.names.Namespace;
import gantry.plugins.Handle;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.Exit;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskRuntime.TaskName;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings bundles and runtimes together after a restart. A bundle whose task its runtime does not
 * know belongs to a process that died with nobody watching: the rest of it is cleaned up, and
 * subscribers are told that it ended. A task whose creation nobody was told of is removed. Safe for
 * concurrent use.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

  /** How many tasks are asked for at a time. */
  private static final int QUESTIONS_MAX = 128;

  /** How many are cleaned up at a time, each of which may take a process or two. */
  private static final int CLEANUPS_MAX = 8;

  private final BundleStore bundles;
  private final EventBus events;
  private final Era era;
  private final Attempts attempts;
  private final Silence silence;
  private final TimeLimits limits;
  private final Semaphore questions = new Semaphore(QUESTIONS_MAX);
  private final Semaphore cleanups = new Semaphore(CLEANUPS_MAX);

  Recovery(
      BundleStore bundles,
      EventBus events,
      Era era,
      Attempts attempts,
      Silence silence,
      TimeLimits limits) {
    this.bundles = bundles;
    this.events = events;
    this.era = era;
    this.attempts = attempts;
    this.silence = silence;
    this.limits = limits;
  }

  /** Looks after one bundle, unless somebody else is at it. */
  void recover(Handle<TaskRuntime> runtime, Bundle bundle) {
    if (isUnderWay(bundle)) {
      return;
    }
    questions.acquireUninterruptibly();
    boolean known;
    try {
      known = isKnown(runtime, bundle);
    } finally {
      questions.release();
    }
    if (known && !isUnwanted(bundle)) {
      bundles.busy(bundle).filter(busy -> !busy.isOf(era)).ifPresent(stale -> bundles.end(bundle));
      LOG.debug("task {} in namespace {} is found again", bundle.id(), bundle.namespace());
      return;
    }
    if (isUnderWay(bundle) || bundles.runtime(bundle).isEmpty()) {
      return;
    }
    cleanups.acquireUninterruptibly();
    try {
      attempts.tryAlone(name(bundle), () -> removeIfGone(runtime, bundle));
    } finally {
      cleanups.release();
    }
  }

  private void removeIfGone(Handle<TaskRuntime> runtime, Bundle bundle) {
    Optional<Busy> left = bundles.busy(bundle);
    if (!take(bundle)) {
      return;
    }
    try {
      if (left.filter(busy -> busy.isUnwanted(era)).isPresent()) {
        remove(runtime, bundle);
      } else if (isKnown(runtime, bundle)) {
        // Meanwhile it was deleted, and one of the same name made.
        bundles.end(bundle);
        return;
      } else {
        bury(runtime, bundle, left.isEmpty());
      }
    } catch (RuntimeException e) {
      if (left.filter(busy -> busy.isUnwanted(era)).isPresent()) {
        bundles.discard(bundle);
      } else {
        bundles.end(bundle);
      }
      throw e;
    }
    LOG.info("task {} in namespace {} was gone and is removed", bundle.id(), bundle.namespace());
  }

  /**
   * Removes what a creation left that nobody can want, so that another can take the name.
   *
   * @throws UnavailableException if that cannot be done now
   */
  void reclaim(Handle<TaskRuntime> runtime, Bundle bundle) {
    if (!isUnwanted(bundle) || !take(bundle)) {
      return;
    }
    try {
      remove(runtime, bundle);
    } catch (GantryException e) {
      bundles.discard(bundle);
      throw new UnavailableException(
          "create task %s: what an earlier attempt left cannot be removed yet: %s"
              .formatted(bundle.id(), e.getMessage()),
          e);
    }
  }

  /**
   * Removes a task that was made, or perhaps was, and that nobody was told of.
   *
   * @return whether it is gone; if not, {@link #recover} removes it later
   */
  boolean discard(Handle<TaskRuntime> runtime, Bundle bundle) {
    try {
      remove(runtime, bundle);
      return true;
    } catch (GantryException e) {
      bundles.discard(bundle);
      LOG.warn(
          "task {} in namespace {}, which nobody was told of, cannot be removed yet",
          bundle.id(),
          bundle.namespace(),
          e);
      return false;
    }
  }

  private void remove(Handle<TaskRuntime> runtime, Bundle bundle) {
    Task task = new Task(bundle, runtime);
    try {
      delete(task);
      bundles.remove(bundle);
    } catch (NotFoundException | UnavailableException | DeadlineExceededException e) {
      bury(runtime, bundle, false);
    }
  }

  /** One that does not run goes at once. */
  private void delete(Task task) {
    Duration limit = TaskLimit.DELETE.in(limits);
    try {
      task.call(limit, (r, name) -> r.delete(name, ""));
    } catch (NotFoundException | UnavailableException | DeadlineExceededException e) {
      throw e;
    } catch (GantryException e) {
      task.run(TaskLimit.KILL.in(limits), (r, name) -> r.kill(name, "", Processes.SIGKILL, true));
      Deadline.start("end of task " + task.id(), limit, () -> task.call(limit, this::end)).get();
      task.call(limit, (r, name) -> r.delete(name, ""));
    }
  }

  private Exit end(TaskRuntime runtime, TaskName task) {
    try {
      return runtime.await(task, "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("wait for the end of task %s".formatted(task.id()), e);
    }
  }

  /**
   * Cleans up after a task that is gone and removes its bundle.
   *
   * @param tell whether its end must still be published
   */
  Exit bury(Handle<TaskRuntime> runtime, Bundle bundle, boolean tell) {
    Duration limit = TaskLimit.CLEANUP.in(limits);
    Exit exit =
        Deadline.start(
                "clean up task " + bundle.id(), limit, () -> runtime.call(r -> r.cleanup(bundle)))
            .get();
    if (tell) {
      tell(bundle, exit);
    }
    bundles.remove(bundle);
    return exit;
  }

  private void tell(Bundle bundle, Exit exit) {
    Namespace namespace = new Namespace(bundle.namespace());
    String id = bundle.id();
    events.publish(
        namespace, new Event.TaskExit(id, id, exit.pid(), exit.status(), exit.exitedAt()));
    events.publish(
        namespace, new Event.TaskDelete(id, exit.pid(), exit.status(), exit.exitedAt(), ""));
  }

  /** Of two versions of this plugin that look after it at once, one does. */
  private boolean take(Bundle bundle) {
    try {
      bundles.beginDelete(bundle);
      return true;
    } catch (FailedPreconditionException | NotFoundException e) {
      LOG.debug("task {} is looked after elsewhere: {}", bundle.id(), e.getMessage());
      return false;
    }
  }

  private boolean isUnderWay(Bundle bundle) {
    return bundles.busy(bundle).filter(busy -> busy.isUnderWay(era)).isPresent();
  }

  private boolean isUnwanted(Bundle bundle) {
    return bundles.busy(bundle).filter(busy -> busy.isUnwanted(era)).isPresent();
  }

  /** Whether the runtime has this task; not knowing is an exception. */
  boolean isKnown(Handle<TaskRuntime> runtime, Bundle bundle) {
    TaskName task = name(bundle);
    Duration limit = TaskLimit.LOAD.in(limits);
    try {
      Deadline.start(
              "state of task " + task.id(), limit, () -> runtime.call(r -> r.state(task, "")))
          .get();
      silence.broken(task);
      return true;
    } catch (NotFoundException e) {
      silence.broken(task);
      return false;
    } catch (GantryException e) {
      silence.missed(task, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  private static TaskName name(Bundle bundle) {
    return new TaskName(bundle.namespace(), bundle.id());
  }
}
