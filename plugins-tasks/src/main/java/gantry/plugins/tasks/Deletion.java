// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.plugins.TimeLimits;
import gantry.runtime.Exit;
import gantry.runtime.TaskLimit;
import java.time.Duration;

/**
 * Deletes tasks. A deletion goes on when its caller leaves; whoever asks for it meanwhile gets what
 * comes of it. Safe for concurrent use.
 */
final class Deletion {
  private final Attempts attempts;
  private final BundleStore bundles;
  private final Recovery recovery;
  private final TimeLimits limits;

  Deletion(Attempts attempts, BundleStore bundles, Recovery recovery, TimeLimits limits) {
    this.attempts = attempts;
    this.bundles = bundles;
    this.recovery = recovery;
    this.limits = limits;
  }

  /**
   * Deletes a task that has stopped, or takes part in its being deleted.
   *
   * @throws FailedPreconditionException if something else is being done to it
   */
  Exit run(Task task) {
    // Beyond what the runtime may take comes the clean-up of one that does not know the task.
    Duration patience =
        Task.allowed(TaskLimit.DELETE.in(limits)).plus(TaskLimit.CLEANUP.in(limits));
    return attempts.run(
        task.name(),
        Attempts.DELETION,
        Attempts.DELETION,
        patience,
        attempt -> delete(task, attempt),
        other ->
            new FailedPreconditionException(
                "delete task %s: it is busy: %s".formatted(task.id(), other.words())));
  }

  private Exit delete(Task task, Attempt<Exit> attempt) {
    bundles.beginDelete(task.bundle());
    try {
      return deleteNow(task, attempt);
    } catch (RuntimeException e) {
      // Only then: what is gone may have been made again by somebody who is busy with it.
      bundles.end(task.bundle());
      throw e;
    }
  }

  private Exit deleteNow(Task task, Attempt<Exit> attempt) {
    attempt.stage("deletion by the runtime");
    try {
      Exit exit = task.call(TaskLimit.DELETE.in(limits), (r, name) -> r.delete(name, ""));
      attempt.stage("removing the bundle");
      bundles.remove(task.bundle());
      return exit;
    } catch (NotFoundException e) {
      attempt.stage("cleaning up what the runtime does not know");
      return recovery.bury(task.runtime(), task.bundle(), true);
    }
  }
}
