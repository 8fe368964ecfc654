// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.cli.command.Survey;
import gantry.cli.command.Times;
import gantry.leases.Lease;
import java.util.List;

/** The leases of a namespace. */
final class LeasesList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Survey.grammar(grammar);
    grammar
        .flag("quiet q", "print only the ids")
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance id==x");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> filters = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    List<Found<Lease>> leases = survey.ask(client -> client.leases().list(filters));
    if (invocation.arguments().flag("quiet")) {
      return survey.names(leases, Lease::id);
    }
    return survey.print(
        leases,
        new Listing<Lease>()
            .column("ID", Lease::id)
            .column(
                "CREATED AT",
                lease -> Times.local(lease.createdAt()),
                lease -> Times.exact(lease.createdAt()))
            .column(
                "LABELS",
                lease -> LabelWords.cell(lease.labels(), "-"),
                lease -> lease.labels().map()));
  }
}
