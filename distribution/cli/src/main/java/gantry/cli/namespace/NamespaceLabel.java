// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;

/** Sets and clears labels of a namespace. */
final class NamespaceLabel implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .argument("NAME", "of the namespace")
        .arguments(
            "KEY=VALUE", 0, Integer.MAX_VALUE, "labels; KEY= clears one, KEY alone is KEY=true");
  }

  @Override
  public int run(Invocation invocation) {
    invocation
        .client()
        .namespaces()
        .label(invocation.arguments().at(0), LabelWords.parse(invocation.arguments().from(1)));
    return 0;
  }
}
