// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Removes empty namespaces. */
final class NamespaceRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.arguments("NAME", 1, Integer.MAX_VALUE, "namespaces, which must be empty");
  }

  @Override
  public int run(Invocation invocation) {
    return Each.of(
        invocation,
        invocation.arguments().all(),
        name -> {
          invocation.client().namespaces().delete(name);
          invocation.say(name);
        });
  }
}
