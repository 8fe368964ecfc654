// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import java.util.List;

/** All containers where there are many. */
final class ListRow implements Row {
  private static final int WRITERS = 16;

  @Override
  public String name() {
    return "list";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    int count = settings.many(10_000, 160);
    stage.quiet();
    try (Pair pair = stage.fresh()) {
      for (Side side : pair.sides()) {
        fill(side, count);
      }
      Series list =
          new Turns(pair, settings.many(3, 1), settings.rounds(15, 2))
              .take((side, number) -> Turns.millis(() -> list(side, count)));
      report.less(name(), "list %,d containers".formatted(count), "ms", list, "");
    }
  }

  private static void fill(Side side, int count) throws Exception {
    List<Boolean> _ =
        Crowd.act(
            WRITERS,
            writer -> {
              try (GantryClient client = side.daemon().connect()) {
                Workload workload = side.workload(client);
                for (int i = writer; i < count; i += WRITERS) {
                  workload.note("list" + i);
                }
              }
              return true;
            });
  }

  private static void list(Side side, int count) {
    int found = side.client().containers().list(List.of()).size();
    if (found != count) {
      throw new IllegalStateException("list: %d containers, not %d".formatted(found, count));
    }
  }
}
