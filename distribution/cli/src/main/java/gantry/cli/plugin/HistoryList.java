// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Times;
import gantry.plugins.PluginChange;
import java.util.List;

/** What was changed and what was tried, oldest first. */
final class HistoryList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .listing()
        .arguments("URI|BUNDLE", 0, 1, "only of this plugin, or the bundle it comes in");
  }

  @Override
  public int run(Invocation invocation) {
    List<String> names = invocation.arguments().all();
    List<PluginChange> changes =
        invocation.client().plugins().history().stream()
            .filter(change -> names.isEmpty() || concerns(change, names.getFirst()))
            .toList();
    new Listing<PluginChange>()
        .column("AT", change -> Times.local(change.at()), change -> Times.exact(change.at()))
        .column("CHANGE", change -> ChangeDisplay.word(change.kind()))
        .column("BUNDLE", change -> dash(change.bundle()), PluginChange::bundle)
        .column("FROM", change -> dash(change.from()), PluginChange::from)
        .column("TO", change -> dash(change.to()), PluginChange::to)
        .column("OUTCOME", change -> ChangeDisplay.word(change.outcome()))
        .column("PROBLEM", PluginChange::problem)
        .print(changes, invocation);
    return 0;
  }

  private static boolean concerns(PluginChange change, String name) {
    return change.bundle().equals(name) || change.plugins().contains(name);
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
