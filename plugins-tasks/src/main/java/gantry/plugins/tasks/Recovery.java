// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.events.Event;
import gantry.events.EventBus;
import gantry.names.Namespace;
import gantry.plugins.Handle;
import gantry.runtime.Bundle;
import gantry.runtime.Exit;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskRuntime.TaskName;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings bundles and runtimes together after a restart. A bundle whose task its runtime does not
 * know belongs to a process that died with nobody watching: the rest of it is cleaned up, and
 * subscribers are told that it ended.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final Duration STATE_LIMIT = Duration.ofSeconds(5);
  private static final Duration CLEANUP_LIMIT = Duration.ofSeconds(30);

  private final BundleStore bundles;
  private final EventBus events;
  private final Era era;

  Recovery(BundleStore bundles, EventBus events, Era era) {
    this.bundles = bundles;
    this.events = events;
    this.era = era;
  }

  /** Looks after all bundles of a runtime that has just appeared, and returns at once. */
  void begin(Handle<TaskRuntime> runtime, Set<String> names) {
    Thread.ofVirtual().name("task-recovery").start(() -> run(runtime, names));
  }

  /** As {@link #begin}, and returns when all is begun; at most one at a time for each core. */
  void run(Handle<TaskRuntime> runtime, Set<String> names) {
    Semaphore slots = new Semaphore(Runtime.getRuntime().availableProcessors());
    for (Bundle bundle : bundles.list()) {
      if (bundles.runtime(bundle).filter(names::contains).isPresent()) {
        slots.acquireUninterruptibly();
        Thread.ofVirtual()
            .name("task-recovery-" + bundle.id())
            .start(
                () -> {
                  try {
                    recoverOrLog(runtime, bundle);
                  } finally {
                    slots.release();
                  }
                });
      }
    }
  }

  private void recoverOrLog(Handle<TaskRuntime> runtime, Bundle bundle) {
    try {
      recover(runtime, bundle);
    } catch (GantryException e) {
      LOG.warn(
          "recover task {} in namespace {}: it stays as it is", bundle.id(), bundle.namespace(), e);
    }
  }

  /** Looks after one bundle. */
  void recover(Handle<TaskRuntime> runtime, Bundle bundle) {
    if (isBusyNow(bundle)) {
      return;
    }
    if (isKnown(runtime, bundle)) {
      bundles.busy(bundle).filter(busy -> !busy.isOf(era)).ifPresent(stale -> bundles.end(bundle));
      LOG.debug("task {} in namespace {} is found again", bundle.id(), bundle.namespace());
      return;
    }
    Optional<Busy> left = bundles.busy(bundle);
    if (isBusyNow(bundle) || bundles.runtime(bundle).isEmpty()) {
      return;
    }
    if (!take(bundle)) {
      return;
    }
    try {
      // Meanwhile it may have been deleted, and one of the same name made.
      if (isKnown(runtime, bundle)) {
        bundles.end(bundle);
        return;
      }
      bury(runtime, bundle, left.isEmpty());
    } catch (RuntimeException e) {
      bundles.end(bundle);
      throw e;
    }
    LOG.info("task {} in namespace {} was gone and is removed", bundle.id(), bundle.namespace());
  }

  /**
   * Cleans up after a task that is gone and removes its bundle.
   *
   * @param tell whether its end must still be published
   */
  Exit bury(Handle<TaskRuntime> runtime, Bundle bundle, boolean tell) {
    Exit exit =
        Deadline.start(
                "clean up task " + bundle.id(),
                CLEANUP_LIMIT,
                () -> runtime.call(r -> r.cleanup(bundle)))
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

  private boolean isBusyNow(Bundle bundle) {
    return bundles.busy(bundle).filter(busy -> busy.isOf(era)).isPresent();
  }

  private static boolean isKnown(Handle<TaskRuntime> runtime, Bundle bundle) {
    TaskName task = new TaskName(bundle.namespace(), bundle.id());
    try {
      Deadline.start(
              "state of task " + task.id(), STATE_LIMIT, () -> runtime.call(r -> r.state(task, "")))
          .get();
      return true;
    } catch (NotFoundException e) {
      return false;
    }
  }
}
