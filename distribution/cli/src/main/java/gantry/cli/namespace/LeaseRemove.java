// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;

/** Ends leases. */
final class LeaseRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("sync", "wait until what only they kept is gone")
        .arguments("ID", 1, Integer.MAX_VALUE, "leases");
  }

  @Override
  public int run(Invocation invocation) {
    boolean sync = invocation.arguments().flag("sync");
    return Each.of(
        invocation,
        invocation.arguments().all(),
        id -> {
          invocation.client().leases().delete(id, sync);
          invocation.say(id);
        });
  }
}
