// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.registry.Repository;
import java.io.IOException;
import java.util.List;

/** Prints the document a reference points to. */
final class ObjectFetch implements Command {
  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    grammar
        .argument("REMOTE", "host/repository:tag")
        .arguments("OBJECT", 0, Integer.MAX_VALUE, "accepted for ctr's sake; ctr ignores it too");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    try (RegistryConnection registries = new RegistryConnection(invocation)) {
      Repository repository = registries.open(invocation.arguments().at(0));
      Download.print(repository, repository.resolve(), List.of(), invocation.console().out());
    }
    return 0;
  }
}
