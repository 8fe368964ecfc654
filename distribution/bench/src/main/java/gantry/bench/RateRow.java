// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import java.util.List;

/** How many containers a second can be run, stopped and removed by so many clients at once. */
final class RateRow implements Row {
  private static final double MILLIS_PER_SECOND = 1000;

  @Override
  public String name() {
    return "rate";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    List<Integer> crowds = settings.isShort() ? List.of(1, 4) : List.of(1, 2, 4, 8, 16);
    for (int clients : crowds) {
      int each = Math.max(settings.many(48, 4) / clients, settings.many(4, 1));
      Turns turns = new Turns(stage.shared(), settings.many(1, 0), settings.rounds(5, 1));
      Series rate =
          turns.take(
              (side, number) ->
                  clients
                      * each
                      * MILLIS_PER_SECOND
                      / Turns.millis(
                          () -> round(side, "r" + clients + "x" + number, clients, each)));
      report.more(name(), "run, stop, remove; %d at once".formatted(clients), "1/s", rate, "");
    }
  }

  private static void round(Side side, String round, int clients, int each) throws Exception {
    List<Boolean> _ =
        Crowd.act(
            clients,
            client -> {
              try (GantryClient connection = side.daemon().connect()) {
                Workload workload = side.workload(connection);
                for (int i = 0; i < each; i++) {
                  String id = "%s-%d-%d".formatted(round, client, i);
                  workload.launch(id);
                  workload.stop(id);
                  workload.forget(id);
                }
              }
              return true;
            });
  }
}
