// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;

/** Sets and clears labels of a container and prints what it has then. */
final class ContainerLabel implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .argument("CONTAINER", "to label")
        .arguments(
            "KEY=VALUE", 0, Integer.MAX_VALUE, "labels; KEY= clears one, KEY alone is KEY=true");
  }

  @Override
  public int run(Invocation invocation) {
    invocation.say(
        LabelWords.cell(
            invocation
                .client()
                .containers()
                .label(
                    invocation.arguments().at(0), LabelWords.parse(invocation.arguments().from(1)))
                .labels(),
            ""));
    return 0;
  }
}
