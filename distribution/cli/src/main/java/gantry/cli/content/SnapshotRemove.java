// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.client.SnapshotsClient;

/** Removes snapshots. */
final class SnapshotRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    Rehearsal.grammar(grammar);
    grammar.arguments("KEY", 1, Integer.MAX_VALUE, "of the snapshots");
  }

  @Override
  public int run(Invocation invocation) {
    SnapshotsClient snapshots = SnapshotterChoice.client(invocation);
    boolean rehearsal = Rehearsal.asked(invocation);
    return Each.of(
        invocation,
        invocation.arguments().all(),
        key -> {
          if (rehearsal) {
            snapshots.stat(key);
            Rehearsal.say(invocation, "remove snapshot", key);
          } else {
            snapshots.remove(key);
          }
        });
  }
}
