// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Program;

/** Prints a completion script for bash and zsh. */
final class CompletionCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    // nothing to say
  }

  @Override
  public int run(Invocation invocation) {
    Program program = new Program(Words.all(), invocation.console(), invocation.environment());
    invocation.console().out().print(program.completion());
    return 0;
  }
}
