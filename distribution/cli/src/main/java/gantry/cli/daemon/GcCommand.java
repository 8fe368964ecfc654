// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import java.util.ArrayList;
import java.util.List;

/** Collects garbage in all namespaces, or says what a collection would take, and why. */
final class GcCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.flag("dry-run n", "only say what would go").listing();
  }

  @Override
  public int run(Invocation invocation) {
    boolean isDryRun = invocation.arguments().flag("dry-run");
    List<Garbage> removed = new ArrayList<>();
    GcStats stats = invocation.client().admin().collect(isDryRun, removed::add);
    new Listing<Garbage>()
        .column("NAMESPACE", garbage -> garbage.namespace().isEmpty() ? "-" : garbage.namespace())
        .column("TYPE", Garbage::type)
        .column("SIZE", garbage -> Sizes.decimal(garbage.bytes()), Garbage::bytes)
        .column("ID", Garbage::id)
        .column("REASON", Garbage::reason)
        .print(removed, invocation);
    if (!invocation.json()) {
      invocation.note(summary(isDryRun, removed, stats));
    }
    return 0;
  }

  private static String summary(boolean isDryRun, List<Garbage> removed, GcStats stats) {
    return "%s %d objects in %d ms"
        .formatted(
            isDryRun ? "would remove" : "removed", removed.size(), stats.elapsed().toMillis());
  }
}
