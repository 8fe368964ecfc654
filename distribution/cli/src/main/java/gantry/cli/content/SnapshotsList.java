// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Survey;
import gantry.client.SnapshotsClient;
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
    Survey.grammar(grammar);
    grammar
        .flag("quiet q", "print only the keys")
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance kind==active");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> filters = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    List<Found<SnapshotInfo>> snapshots =
        survey.ask(client -> all(SnapshotterChoice.client(invocation, client), filters));
    if (invocation.arguments().flag("quiet")) {
      return survey.names(snapshots, SnapshotInfo::name);
    }
    return survey.print(
        snapshots,
        new Listing<SnapshotInfo>()
            .column("KEY", SnapshotInfo::name)
            .column("PARENT", SnapshotInfo::parent)
            .column("KIND", snapshot -> kind(snapshot.kind())));
  }

  static List<SnapshotInfo> all(SnapshotsClient client, List<String> filters) {
    List<SnapshotInfo> snapshots = new ArrayList<>();
    client.walk(filters, snapshots::add);
    return snapshots;
  }

  static String kind(SnapshotKind kind) {
    String word = kind.word();
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
