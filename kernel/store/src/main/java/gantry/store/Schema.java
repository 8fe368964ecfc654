// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.util.List;

/**
 * The tables of a store as steps that lead to them. A file remembers how many steps it has taken.
 * Steps are only ever appended, and only add: a version of the program that knows fewer steps goes
 * on working with the file. A change that breaks this is a new generation, which older versions
 * refuse to open.
 *
 * @param generation 1 to 1000
 * @param steps SQL scripts, at most 999; statements end with {@code ;} at the end of a line
 */
public record Schema(int generation, List<String> steps) {
  static final int STEPS_MAX = 1000;

  /** Copies the list. */
  public Schema {
    steps = List.copyOf(steps);
    if (generation < 1 || generation > 1000 || steps.size() >= STEPS_MAX) {
      throw new IllegalArgumentException(
          "schema of generation %d with %d steps".formatted(generation, steps.size()));
    }
  }

  /** The first generation. */
  public static Schema of(String... steps) {
    return new Schema(1, List.of(steps));
  }

  int version() {
    return generation * STEPS_MAX + steps.size();
  }
}
