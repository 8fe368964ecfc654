// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.client.SnapshotsClient;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.mounts.Mount;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Begins a snapshot that can be mounted. It is kept until it is removed. */
final class SnapshotBegin implements Command {
  private final boolean writable;

  SnapshotBegin(boolean writable) {
    this.writable = writable;
  }

  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .value("target t", "DIR", "print the command that mounts it there")
        .flag("mounts", "print the mounts as JSON")
        .argument("KEY", "of the new snapshot")
        .arguments("PARENT", 0, 1, "a committed snapshot to build on");
  }

  @Override
  public int run(Invocation invocation) {
    Arguments arguments = invocation.arguments();
    SnapshotsClient snapshots = SnapshotterChoice.client(invocation);
    String parent = arguments.all().size() > 1 ? arguments.at(1) : "";
    Labels labels = Labels.of(Map.of(WellKnown.GC_ROOT, Instant.now().toString()));
    List<Mount> mounts =
        writable
            ? snapshots.prepare(arguments.at(0), parent, labels)
            : snapshots.view(arguments.at(0), parent, labels);
    arguments
        .find("target")
        .ifPresent(target -> SnapshotMounts.commands(mounts, target).forEach(invocation::say));
    if (arguments.flag("mounts")) {
      invocation.say(Json.pretty(SnapshotMounts.tree(mounts)));
    }
    return 0;
  }
}
