// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.client.SnapshotsClient;
import gantry.snapshots.SnapshotUsage;
import java.util.ArrayList;
import java.util.List;

/** What snapshots take up on disk. */
final class SnapshotsUsage implements Command {
  private record Row(String key, SnapshotUsage usage) {}

  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .flag("b", "print bytes, not units")
        .listing()
        .arguments("KEY", 0, Integer.MAX_VALUE, "of the snapshots; default all");
  }

  @Override
  public int run(Invocation invocation) {
    SnapshotsClient snapshots = SnapshotterChoice.client(invocation);
    List<String> keys = new ArrayList<>(invocation.arguments().all());
    if (keys.isEmpty()) {
      snapshots.walk(List.of(), snapshot -> keys.add(snapshot.name()));
    }
    boolean bytes = invocation.arguments().flag("b");
    new Listing<Row>()
        .column("KEY", Row::key)
        .column(
            "SIZE",
            row -> bytes ? Long.toString(row.usage().size()) : Sizes.binary(row.usage().size()),
            row -> row.usage().size())
        .column("INODES", row -> Long.toString(row.usage().inodes()), row -> row.usage().inodes())
        .print(keys.stream().map(key -> new Row(key, snapshots.usage(key))).toList(), invocation);
    return 0;
  }
}
