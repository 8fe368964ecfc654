// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskStatus;
import org.jspecify.annotations.Nullable;

/** What is to be done about a task, by the labels of its container. */
enum Verdict {
  /** It is as it should be, or nobody wants anything. */
  LEAVE,
  /** It does not run and should. */
  START,
  /** As {@link #START}, if it is still so after a while: somebody may be at it. */
  START_IF_IT_STAYS,
  /** It should not be there. */
  STOP;

  /**
   * Judges.
   *
   * @param state of the task; null if there is none
   * @param lostExit how the last task ended that we took away; 0 if that is not known
   * @throws gantry.errors.InvalidArgumentException if the labels make no sense
   */
  static Verdict of(Labels labels, @Nullable ProcessState state, int lostExit) {
    return switch (labels.find(WellKnown.RESTART_STATUS).orElse("")) {
      case "running" -> ofWanted(labels, state, lostExit);
      case "stopped" -> state == null || state.status() == TaskStatus.STOPPED ? LEAVE : STOP;
      default -> LEAVE;
    };
  }

  private static Verdict ofWanted(Labels labels, @Nullable ProcessState state, int lostExit) {
    int exit = state == null ? lostExit : state.exitStatus();
    return switch (state == null ? TaskStatus.STOPPED : state.status()) {
      case RUNNING, PAUSED, PAUSING -> LEAVE;
      case STOPPED -> Policy.of(labels).wants(labels, exit) ? START : LEAVE;
      case CREATED, UNKNOWN -> Policy.of(labels).wants(labels, exit) ? START_IF_IT_STAYS : LEAVE;
    };
  }
}
