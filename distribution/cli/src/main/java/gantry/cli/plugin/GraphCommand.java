// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.UsageException;
import gantry.plugins.PluginGuide;

/** Who asks whom for what, as a tree or a picture. */
final class GraphCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("dot", "in the language of Graphviz")
        .flag("svg", "as a picture, for instance: gantry plugins graph --svg > plugins.svg");
  }

  @Override
  public int run(Invocation invocation) {
    String text = invocation.client().plugins().graph(format(invocation.arguments()));
    invocation.say(text.stripTrailing());
    return 0;
  }

  private static PluginGuide.Format format(Arguments arguments) {
    boolean dot = arguments.flag("dot");
    boolean svg = arguments.flag("svg");
    if (dot && svg) {
      throw new UsageException("--dot and --svg: want one of them");
    }
    return dot ? PluginGuide.Format.DOT : svg ? PluginGuide.Format.SVG : PluginGuide.Format.TREE;
  }
}
