// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.containers.Container;
import java.util.List;

/** The containers of a namespace. */
final class ContainersList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only the ids")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance image==x");
  }

  @Override
  public int run(Invocation invocation) {
    List<Container> containers =
        invocation.client().containers().list(invocation.arguments().all());
    if (invocation.arguments().flag("quiet")) {
      containers.forEach(container -> invocation.say(container.id()));
      return 0;
    }
    new Listing<Container>()
        .column("CONTAINER", Container::id)
        .column(
            "IMAGE",
            container -> container.image().isEmpty() ? "-" : container.image(),
            Container::image)
        .column("RUNTIME", Container::runtime)
        .print(containers, invocation);
    return 0;
  }
}
