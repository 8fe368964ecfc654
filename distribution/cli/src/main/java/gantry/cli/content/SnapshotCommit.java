// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.time.Instant;
import java.util.Map;

/** Makes an active snapshot permanent. It is kept until it is removed. */
final class SnapshotCommit implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar.argument("NAME", "of the result").argument("KEY", "of the active snapshot");
  }

  @Override
  public int run(Invocation invocation) {
    Labels labels = Labels.of(Map.of(WellKnown.GC_ROOT, Instant.now().toString()));
    SnapshotterChoice.client(invocation)
        .commit(invocation.arguments().at(0), invocation.arguments().at(1), labels);
    return 0;
  }
}
