// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.plugins.Contract;

/** Looks after the process that holds the containers. Safe for concurrent use. */
@Contract
public interface SupervisorControl {
  /**
   * How it is; it is started if it does not run.
   *
   * @throws gantry.errors.UnavailableException if it cannot be reached
   */
  SupervisorStatus status();

  /**
   * Has it become the program that is installed now. Its number, its children, terminals and exit
   * codes stay; calls that are made meanwhile wait. Returns when the new one serves.
   *
   * @param program an absolute path; empty for the one that is started otherwise
   * @throws gantry.errors.FailedPreconditionException if the new program is not fit, or what goes
   *     on now does not end in time; the old one serves on
   */
  SupervisorStatus upgrade(String program);
}
