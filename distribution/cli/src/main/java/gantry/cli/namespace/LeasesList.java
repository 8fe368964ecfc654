// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.leases.Lease;
import java.util.List;

/** The leases of a namespace. */
final class LeasesList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only the ids")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance id==x");
  }

  @Override
  public int run(Invocation invocation) {
    List<Lease> leases = invocation.client().leases().list(invocation.arguments().all());
    if (invocation.arguments().flag("quiet")) {
      leases.forEach(lease -> invocation.say(lease.id()));
      return 0;
    }
    new Listing<Lease>()
        .column("ID", Lease::id)
        .column("CREATED AT", lease -> lease.createdAt().toString())
        .column(
            "LABELS", lease -> LabelWords.cell(lease.labels(), "-"), lease -> lease.labels().map())
        .print(leases, invocation);
    return 0;
  }
}
