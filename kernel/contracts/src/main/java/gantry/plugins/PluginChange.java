// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.time.Instant;
import java.util.List;

/**
 * What was done to a bundle, or tried.
 *
 * @param at when it ended
 * @param bundle symbolic name; empty if the jar named none
 * @param plugins URIs of the plugins in it, before or after
 * @param from version before; empty if there was none
 * @param to version after, or that was to be; empty if it was removed
 * @param sha256 of the jar that serves or was refused; empty for one that ships
 * @param problem why it did not come about, with the step; empty if it did
 */
public record PluginChange(
    Instant at,
    Kind kind,
    String bundle,
    List<String> plugins,
    String from,
    String to,
    String sha256,
    Outcome outcome,
    String problem) {
  /** What was wanted. */
  public enum Kind {
    /** A bundle that was not there. */
    INSTALL,
    /** Another version. */
    SWAP,
    /** The version before. */
    ROLLBACK,
    /** No such bundle any more. */
    REMOVE
  }

  /** What came of it. */
  public enum Outcome {
    /** It is so now. */
    DONE,
    /** It was only looked at. */
    REHEARSED,
    /** It was refused, and nothing was touched. */
    REFUSED,
    /** It failed on the way, and all is as it was. */
    UNDONE
  }
}
