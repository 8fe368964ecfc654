// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.time.Duration;

/**
 * A step of a change that is over.
 *
 * @param detail what was found or done, in words, for example what would be touched
 * @param took how long
 */
public record ChangeStep(Name name, String detail, Duration took) {
  /** The steps in their order; not every change has all of them. */
  public enum Name {
    /** The jar is copied to where the daemon keeps it, and its digest compared. */
    FETCH,
    /** The jar is read: whole, signed if it must be, a bundle, a newer version, its plugins. */
    READ,
    /** The bundle is installed beside the one that serves. */
    INSTALL,
    /** Everything the bundle imports is there. */
    RESOLVE,
    /** All its classes load. */
    LOAD,
    /** The calls to the old version wait, those in it end, and it is stopped. */
    PAUSE,
    /** The components of the new version are satisfied and active. */
    START,
    /** Its health checks find nothing. */
    CHECK,
    /** The jar is what the next start of the daemon takes; the one before is kept. */
    KEEP,
    /** New calls go to the new version. */
    MOVE,
    /** The old version's calls end. */
    DRAIN,
    /** The old version is stopped and removed. */
    STOP
  }
}
