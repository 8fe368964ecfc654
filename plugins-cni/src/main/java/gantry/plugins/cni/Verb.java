// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import java.util.Locale;

/** What a network program is told to do, in the words of the specification. */
enum Verb {
  ADD,
  CHECK,
  DEL;

  /** As errors say it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
