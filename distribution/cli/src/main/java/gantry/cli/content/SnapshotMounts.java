// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import com.fasterxml.jackson.databind.node.ArrayNode;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.mounts.Mount;
import java.util.List;

/** Prints the commands that mount a snapshot. */
final class SnapshotMounts implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .flag("temp", "accepted for ctr's sake; without a mount manager it changes nothing")
        .argument("TARGET", "where to mount")
        .argument("KEY", "of an active snapshot or a view");
  }

  @Override
  public int run(Invocation invocation) {
    List<Mount> mounts = SnapshotterChoice.client(invocation).mounts(invocation.arguments().at(1));
    commands(mounts, invocation.arguments().at(0)).forEach(invocation::say);
    return 0;
  }

  static List<String> commands(List<Mount> mounts, String target) {
    return mounts.stream().map(mount -> command(mount, target)).toList();
  }

  static ArrayNode tree(List<Mount> mounts) {
    ArrayNode tree = Json.array();
    for (Mount mount : mounts) {
      tree.addObject()
          .put("Type", mount.type())
          .put("Source", mount.source())
          .put("Target", mount.target())
          .set("Options", Json.tree(mount.options()));
    }
    return tree;
  }

  private static String command(Mount mount, String target) {
    String where = mount.target().isEmpty() ? target : target + "/" + mount.target();
    String options = mount.options().isEmpty() ? "" : " -o " + String.join(",", mount.options());
    return "mount -t %s %s %s%s".formatted(mount.type(), mount.source(), where, options);
  }
}
