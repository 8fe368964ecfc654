// SPDX-License-Identifier: Apache-2.0
package gantry.doctor;

import gantry.plugins.Contract;
import java.util.SortedMap;
import java.util.SortedSet;

/** Asks all inspectors and puts together what they say. Safe for concurrent use. */
@Contract
public interface Doctor {
  /** What can be found at the moment: kinds by plugin. */
  SortedMap<String, SortedSet<String>> kinds();

  /**
   * Looks twice, and reports what was there both times and is old enough; mends what the order
   * says. Inspectors look side by side, each with a deadline: one that hangs or fails is named and
   * the others are heard all the same.
   *
   * @throws gantry.errors.InvalidArgumentException if a kind is asked for that nobody knows
   */
  Examination examine(Order order);
}
