// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * How a change is to be made.
 *
 * @param dryRun check everything that can be checked without starting new code, and change nothing
 * @param force go on where a person would have to decide: remove what others depend on, put an
 *     older version in place of a newer
 */
public record ChangeOptions(boolean dryRun, boolean force) {
  /** For real, and not against advice. */
  public static final ChangeOptions NONE = new ChangeOptions(false, false);
}
