// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import gantry.metadata.Metadata.Changes;
import java.time.Duration;

/**
 * Decides when to collect. After each collection the next is put so far off that collections take
 * no more than the pause threshold of all time; when its time comes it is skipped if nothing makes
 * it worth while. Times are nanoseconds of a clock that only differences are taken of. Not for
 * concurrent use.
 */
final class Schedule {
  private static final Duration FIRST_INTERVAL = Duration.ofSeconds(1);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration ELAPSED_MIN = Duration.ofMillis(5);
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Settings settings;
  private Duration interval = FIRST_INTERVAL;
  private Duration elapsedSum = Duration.ZERO;
  private long collections;
  private boolean hasTried;
  private Changes seen = new Changes(0, 0);
  private long due;

  Schedule(Settings settings, long now) {
    this.settings = settings;
    Duration first = settings.startupDelay().isZero() ? FIRST_INTERVAL : settings.startupDelay();
    this.due = now + first.toNanos();
  }

  /** Nanoseconds until {@link #isDue} should be asked; at most 0 if now. */
  long nanosLeft(long now) {
    long left = due - now;
    // Nobody calls when something is deleted; looking once a second is what the threshold costs.
    return settings.deletionThreshold() > 0 ? Math.min(left, LOOK.toNanos()) : left;
  }

  /** Somebody asked for a collection. */
  void request(long now) {
    bringForward(now);
  }

  /**
   * Whether to collect now; if its time has come and it is not worth while, it is put off.
   *
   * @param isRequested whether somebody waits for it
   */
  boolean isDue(long now, Changes changes, boolean isRequested) {
    if (isOfAnother(changes)) {
      // What the one before deleted last is not told any more.
      hasTried = false;
      seen = new Changes(0, 0);
    }
    long deletions = changes.deletions() - seen.deletions();
    if (settings.deletionThreshold() > 0 && deletions >= settings.deletionThreshold()) {
      bringForward(now);
    }
    if (due - now > 0) {
      return false;
    }
    if (isRequested || !hasTried || deletions > 0 || hasManyMutations(changes)) {
      return true;
    }
    due = now + interval.toNanos();
    return false;
  }

  /** Another version of the metadata plugin counts from 0. */
  private boolean isOfAnother(Changes changes) {
    return changes.deletions() < seen.deletions() || changes.mutations() < seen.mutations();
  }

  private boolean hasManyMutations(Changes changes) {
    return settings.mutationThreshold() > 0
        && changes.mutations() - seen.mutations() >= settings.mutationThreshold();
  }

  private void bringForward(long now) {
    long wanted = now + settings.scheduleDelay().toNanos();
    if (due - wanted > 0) {
      due = wanted;
    }
  }

  /**
   * A collection ended well.
   *
   * @param before the changes when it began
   */
  void succeeded(long now, Changes before, Duration elapsed) {
    hasTried = true;
    seen = before;
    collections++;
    elapsedSum = elapsedSum.plus(elapsed);
    if (settings.pauseThreshold() > 0) {
      double average =
          Math.max((double) elapsedSum.toNanos() / collections, (double) ELAPSED_MIN.toNanos());
      interval = Duration.ofNanos((long) (average / settings.pauseThreshold() - average));
    }
    due = now + interval.toNanos();
  }

  /** A collection failed: what made it worth while still does. */
  void failed(long now) {
    hasTried = true;
    due = now + interval.plus(RETRY).toNanos();
  }
}
