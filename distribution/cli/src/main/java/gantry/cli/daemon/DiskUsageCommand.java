// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.metadata.StoreUsage;
import gantry.metadata.StoreUsage.Amount;
import java.util.ArrayList;
import java.util.List;

/** What takes up the disk, in all namespaces together. */
final class DiskUsageCommand implements Command {
  private record Line(String what, Amount amount) {}

  @Override
  public void grammar(Grammar grammar) {
    grammar.listing();
  }

  @Override
  public int run(Invocation invocation) {
    StoreUsage usage = invocation.client().admin().usage();
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("blobs", usage.blobs()));
    usage.snapshots().forEach((name, amount) -> lines.add(new Line("snapshots " + name, amount)));
    lines.add(new Line("ingests", usage.ingests()));
    lines.add(new Line("orphans", usage.orphans()));
    new Listing<Line>()
        .column("WHAT", Line::what)
        .column(
            "COUNT", line -> Long.toString(line.amount().count()), line -> line.amount().count())
        .column("SIZE", line -> Sizes.decimal(line.amount().bytes()), line -> line.amount().bytes())
        .column(
            "RECLAIMABLE",
            line -> Sizes.decimal(line.amount().reclaimable()),
            line -> line.amount().reclaimable())
        .print(lines, invocation);
    return 0;
  }
}
