// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Times;
import gantry.snapshots.SnapshotInfo;

/** Everything about one snapshot, as JSON. */
final class SnapshotInfoCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar.argument("KEY", "of the snapshot");
  }

  @Override
  public int run(Invocation invocation) {
    SnapshotInfo info = SnapshotterChoice.client(invocation).stat(invocation.arguments().at(0));
    var tree = Json.object().put("Kind", SnapshotsList.kind(info.kind())).put("Name", info.name());
    if (!info.parent().isEmpty()) {
      tree.put("Parent", info.parent());
    }
    if (!info.labels().map().isEmpty()) {
      tree.set("Labels", Json.tree(info.labels().map()));
    }
    tree.put("Created", Times.exact(info.createdAt()));
    tree.put("Updated", Times.exact(info.updatedAt()));
    invocation.say(Json.pretty(tree));
    return 0;
  }
}
