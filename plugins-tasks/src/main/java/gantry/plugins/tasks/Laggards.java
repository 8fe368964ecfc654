// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.GantryException;
import gantry.plugins.Handle;
import gantry.runtime.Bundle;
import gantry.runtime.TaskRuntime;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Recovers the tasks of runtimes that have appeared, all side by side, each as often as it takes: a
 * task that is not answered for keeps no other waiting, and is taken up when it is. Safe for
 * concurrent use.
 */
final class Laggards implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Laggards.class);
  private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
  private static final Duration PAUSE_MAX = Duration.ofSeconds(30);

  private final BundleStore bundles;
  private final Recovery recovery;
  private final Set<Handle<TaskRuntime>> present = ConcurrentHashMap.newKeySet();
  private final Set<Bundle> pending = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  Laggards(BundleStore bundles, Recovery recovery) {
    this.bundles = bundles;
    this.recovery = recovery;
  }

  /** Looks after the bundles of a runtime that has just appeared, and returns at once. */
  void arrived(Handle<TaskRuntime> runtime, Predicate<Bundle> served) {
    present.add(runtime);
    Thread.ofVirtual()
        .name("task-recovery")
        .start(
            () ->
                bundles.list().stream().filter(served).forEach(bundle -> recover(runtime, bundle)));
  }

  /** Its tasks wait for its return. */
  void left(Handle<TaskRuntime> runtime) {
    present.remove(runtime);
  }

  /** Looks after one bundle until that has succeeded, and returns at once. */
  void recover(Handle<TaskRuntime> runtime, Bundle bundle) {
    if (pending.add(bundle)) {
      Thread.ofVirtual()
          .name("task-recovery-" + bundle.id())
          .start(
              () -> {
                try {
                  untilDone(runtime, bundle);
                } finally {
                  pending.remove(bundle);
                }
              });
    }
  }

  /** Removes a task that nobody was told of, now or as soon as that can be done. */
  void discard(Handle<TaskRuntime> runtime, Bundle bundle) {
    if (!recovery.discard(runtime, bundle)) {
      recover(runtime, bundle);
    }
  }

  private void untilDone(Handle<TaskRuntime> runtime, Bundle bundle) {
    Duration pause = PAUSE_MIN;
    while (!attempt(runtime, bundle) && !isClosedWithin(pause) && present.contains(runtime)) {
      pause = pause.multipliedBy(2);
      pause = pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX;
    }
  }

  private boolean attempt(Handle<TaskRuntime> runtime, Bundle bundle) {
    try {
      recovery.recover(runtime, bundle);
      return true;
    } catch (GantryException e) {
      LOG.debug("recover task {}: it stays as it is until the next attempt", bundle.id(), e);
      return false;
    }
  }

  private boolean isClosedWithin(Duration pause) {
    try {
      return closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Nothing more is begun. */
  @Override
  public void close() {
    closed.countDown();
  }
}
