// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Survey;
import gantry.containers.Container;
import java.util.List;

/** The containers of a namespace. */
final class ContainersList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Survey.grammar(grammar);
    grammar
        .flag("quiet q", "print only the ids")
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance image==x");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> filters = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    List<Found<Container>> containers = survey.ask(client -> client.containers().list(filters));
    if (invocation.arguments().flag("quiet")) {
      return survey.names(containers, Container::id);
    }
    return survey.print(
        containers,
        new Listing<Container>()
            .column("CONTAINER", Container::id)
            .column(
                "IMAGE",
                container -> container.image().isEmpty() ? "-" : container.image(),
                Container::image)
            .column("RUNTIME", Container::runtime));
  }
}
