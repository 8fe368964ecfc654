// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.oci.Digest;

/** Sets and clears labels of a blob and prints what it has then. */
final class ContentLabel implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .argument("DIGEST", "of the blob")
        .arguments(
            "KEY=VALUE", 0, Integer.MAX_VALUE, "labels; KEY= clears one, KEY alone is KEY=true");
  }

  @Override
  public int run(Invocation invocation) {
    Digest digest = Digest.parse(invocation.arguments().at(0));
    invocation.say(
        LabelWords.cell(
            invocation
                .client()
                .content()
                .label(digest, LabelWords.parse(invocation.arguments().from(1)))
                .labels(),
            ""));
    return 0;
  }
}
