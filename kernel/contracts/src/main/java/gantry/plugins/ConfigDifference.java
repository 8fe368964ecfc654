// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * A key whose value differs.
 *
 * @param key with the tables it stands in, for example {@code plugins.'x.y.v1.z'.key}
 * @param before as TOML writes it; empty if it was not there
 * @param after as TOML writes it; empty if it is gone
 */
public record ConfigDifference(String key, String before, String after, Effect effect) {
  /** When a changed key counts. */
  public enum Effect {
    /** At once. */
    LIVE,
    /** From the next start of the daemon. */
    RESTART
  }
}
