// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The snapshots of a snapshotter. */
final class SnapshotsList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar.listing().arguments("FILTER", 0, Integer.MAX_VALUE, "for instance kind==active");
  }

  @Override
  public int run(Invocation invocation) {
    List<SnapshotInfo> snapshots = new ArrayList<>();
    SnapshotterChoice.client(invocation).walk(invocation.arguments().all(), snapshots::add);
    new Listing<SnapshotInfo>()
        .column("KEY", SnapshotInfo::name)
        .column("PARENT", SnapshotInfo::parent)
        .column("KIND", snapshot -> kind(snapshot.kind()))
        .print(snapshots, invocation);
    return 0;
  }

  static String kind(SnapshotKind kind) {
    String word = kind.word();
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
