// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

/** One thing the command line can do. Made for one invocation. */
public interface Command {
  /** Declares options and arguments. */
  void grammar(Grammar grammar);

  /**
   * Does it.
   *
   * @return the exit code of the process
   * @throws UsageException if arguments contradict each other
   */
  int run(Invocation invocation) throws Exception;
}
