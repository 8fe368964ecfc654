// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.time.Duration;

/**
 * Leads calls from one version of a bundle to another. Bundles are named by their id. Nothing here
 * may be called with a lock held: what comes after a step can be any plugin's code. Safe for
 * concurrent use, but steps of one bundle are for one thread.
 *
 * <p>Two versions beside each other: {@code hold(new)}, start it, {@code move(new)}, {@code
 * retire(old)}, stop and uninstall the old one, {@code forget(old)}; if the new one is no good,
 * stop it and {@code forget(new)}. One after the other: {@code pause(old)}, {@code retire(old)},
 * stop it, {@code hold(new)}, start it, {@code move(new)}, uninstall the old one, {@code
 * forget(old)}; if the new one is no good, stop it, {@code forget(new)}, start the old one, {@code
 * resume(old)}.
 */
public interface Traffic {
  /**
   * To be said before a bundle starts: its plugins are made, but get no calls, and nobody hears of
   * them. If it goes again, nobody has noticed.
   */
  void hold(long bundle);

  /**
   * All plugins of a bundle serve from now on; those that had the same contract of the same plugin
   * get no new calls. What nobody offered before is published. Ends the hold, and the wait of
   * callers of these plugins. Returns at once but for consumers that start because of what is new.
   */
  void move(long bundle);

  /**
   * Gives a bundle no more calls and waits until those in it have ended. Callers of what nobody
   * else offers wait. After this nothing keeps the bundle from being stopped at once.
   *
   * @param patience the longest wait
   * @return whether all calls ended; if not they are still in it
   */
  boolean retire(long bundle, Duration patience);

  /**
   * Makes callers of a bundle's plugins wait, at most as long as their deadline, until another
   * bundle offers these or this one is started again or resumed. Meanwhile no handle is withdrawn
   * because its plugin is gone.
   */
  void pause(long bundle);

  /**
   * Undoes {@link #pause} and {@link #retire}: what is still there of the bundle serves again;
   * where nothing is, the handle is withdrawn if nothing comes. Idempotent.
   */
  void resume(long bundle);

  /** Nothing more will come of a bundle. Ends a hold and a pause. Idempotent. */
  void forget(long bundle);
}
