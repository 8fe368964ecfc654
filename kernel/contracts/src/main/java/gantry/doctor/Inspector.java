// SPDX-License-Identifier: Apache-2.0
package gantry.doctor;

import gantry.plugins.Contract;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Finds what was left behind of what one plugin owns. It looks at nothing else: what might belong
 * to another daemon, or to another program, is none of its findings. Safe for concurrent use, also
 * of two versions of the plugin.
 */
@Contract
public interface Inspector {
  /** The kinds of things it finds, for example {@code snapshot-directory}. */
  Set<String> kinds();

  /**
   * Looks, and changes nothing. What is being made or removed meanwhile may come to be among the
   * findings; whoever asks looks twice.
   *
   * @throws gantry.errors.GantryException if it cannot look: then nothing is known
   */
  List<Finding> inspect() throws IOException;

  /**
   * Takes one of the findings away, after it has seen that it is still left behind. No error if it
   * is gone.
   *
   * @throws gantry.errors.FailedPreconditionException if somebody uses it after all; it stays
   * @throws gantry.errors.InvalidArgumentException if the kind is none of its own
   */
  void mend(Finding finding) throws IOException;
}
