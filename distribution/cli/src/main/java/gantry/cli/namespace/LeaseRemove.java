// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.errors.NotFoundException;
import gantry.leases.Lease;
import java.util.List;

/** Ends leases. */
final class LeaseRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar
        .flag("sync", "wait until what only they kept is gone")
        .arguments("ID", 1, Integer.MAX_VALUE, "leases");
  }

  @Override
  public int run(Invocation invocation) {
    List<String> ids = invocation.arguments().all();
    if (Rehearsal.asked(invocation)) {
      return rehearse(invocation, ids);
    }
    boolean sync = invocation.arguments().flag("sync");
    return Each.of(
        invocation,
        ids,
        id -> {
          boolean last = id.equals(ids.getLast());
          invocation.client().leases().delete(id, sync && last);
          invocation.say(id);
        });
  }

  private static int rehearse(Invocation invocation, List<String> ids) {
    List<String> known =
        invocation.client().leases().list(List.of()).stream().map(Lease::id).toList();
    return Each.of(
        invocation,
        ids,
        id -> {
          if (!known.contains(id)) {
            throw new NotFoundException("lease \"%s\": not found".formatted(id));
          }
          Rehearsal.say(invocation, "end lease", id);
        });
  }
}
