// SPDX-License-Identifier: Apache-2.0
package gantry.doctor;

import java.time.Duration;
import java.util.Set;

/**
 * What an examination shall do.
 *
 * @param kinds what to look for; all if empty
 * @param fix kinds to mend; {@link #ALL} among them stands for every kind
 * @param isDryRun whether to say what would be mended, and to mend nothing
 * @param minAge what is younger is not reported; at least zero
 */
public record Order(Set<String> kinds, Set<String> fix, boolean isDryRun, Duration minAge) {
  /** Stands for every kind. */
  public static final String ALL = "all";

  /** Copies the kinds. */
  public Order {
    kinds = Set.copyOf(kinds);
    fix = Set.copyOf(fix);
  }

  /** Whether findings of a kind are asked for. */
  public boolean looksFor(String kind) {
    return kinds.isEmpty() || kinds.contains(kind);
  }

  /** Whether findings of a kind shall be mended. */
  public boolean fixes(String kind) {
    return fix.contains(ALL) || fix.contains(kind);
  }
}
