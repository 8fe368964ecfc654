// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;

/** Sets and clears labels of a snapshot and prints what it has then. */
final class SnapshotLabel implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .argument("KEY", "of the snapshot")
        .arguments(
            "KEY=VALUE", 0, Integer.MAX_VALUE, "labels; KEY= clears one, KEY alone is KEY=true");
  }

  @Override
  public int run(Invocation invocation) {
    invocation.say(
        LabelWords.cell(
            SnapshotterChoice.client(invocation)
                .label(
                    invocation.arguments().at(0), LabelWords.parse(invocation.arguments().from(1)))
                .labels(),
            ""));
    return 0;
  }
}
