// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Why a plugin is as it is. */
final class WhyCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.argument("URI", "the plugin, or its id if no other has the same");
  }

  @Override
  public int run(Invocation invocation) {
    String text = invocation.client().plugins().why(invocation.arguments().at(0));
    invocation.say(text.stripTrailing());
    return 0;
  }
}
