// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.plugins.ConfigDifference;

/** Differences as the log and messages have them. */
final class Words {
  private Words() {}

  /** The key, and what became of it. */
  static String of(ConfigDifference difference) {
    return "%s: %s → %s"
        .formatted(difference.key(), orUnset(difference.before()), orUnset(difference.after()));
  }

  private static String orUnset(String value) {
    return value.isEmpty() ? "unset" : value;
  }
}
