// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.Survey;
import gantry.client.SnapshotsClient;
import gantry.errors.NotFoundException;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotUsage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/** What snapshots take up on disk. */
public final class SnapshotsUsage implements Command {
  /** One snapshot and what it takes up without its parents. */
  public record Row(String key, SnapshotUsage usage) {}

  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    Survey.grammar(grammar);
    grammar
        .flag("b", "print bytes, not units")
        .arguments("KEY", 0, Integer.MAX_VALUE, "of the snapshots; default all");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> keys = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    List<Found<Row>> rows =
        survey.ask(client -> rows(SnapshotterChoice.client(invocation, client), keys));
    boolean bytes = invocation.arguments().flag("b");
    return survey.print(rows, listing(bytes ? Long::toString : Sizes::binary));
  }

  /** The columns of such a listing. */
  public static Listing<Row> listing(LongFunction<String> size) {
    return new Listing<Row>()
        .column("KEY", Row::key)
        .column("SIZE", row -> size.apply(row.usage().size()), row -> row.usage().size())
        .column("INODES", row -> Long.toString(row.usage().inodes()), row -> row.usage().inodes());
  }

  private static List<Row> rows(SnapshotsClient snapshots, List<String> keys) {
    List<Row> rows = new ArrayList<>();
    if (!keys.isEmpty()) {
      keys.forEach(key -> rows.add(new Row(key, snapshots.usage(key))));
      return rows;
    }
    for (SnapshotInfo snapshot : SnapshotsList.all(snapshots, List.of())) {
      try {
        rows.add(new Row(snapshot.name(), snapshots.usage(snapshot.name())));
      } catch (NotFoundException gone) {
        // removed since the snapshots were listed
      }
    }
    return rows;
  }
}
