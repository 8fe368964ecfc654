// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.client.GantryClient;
import gantry.containers.Container;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Small calls: durable writes and reads of records, by one client and by sixteen. */
final class MetadataRow implements Row {
  private static final double NANOS_PER_SECOND = 1e9;

  /** One call. */
  private interface Call {
    Container make(GantryClient client, String id, int number);
  }

  @Override
  public String name() {
    return "metadata";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Pair pair = stage.shared();
    for (Side side : pair.sides()) {
      for (int i = 0; i < 16; i++) {
        side.workload().note("m" + i);
      }
    }
    for (int clients : List.of(1, 16)) {
      measure(
          stage,
          report,
          "durable writes",
          clients,
          (client, id, number) ->
              client.containers().label(id, Map.of("turn", Integer.toString(number))));
      measure(stage, report, "reads", clients, (client, id, number) -> client.containers().get(id));
    }
    for (Side side : pair.sides()) {
      for (int i = 0; i < 16; i++) {
        side.client().containers().delete("m" + i);
      }
    }
  }

  private void measure(Stage stage, Report report, String what, int clients, Call call)
      throws Exception {
    Settings settings = stage.settings();
    Duration length = Duration.ofMillis(settings.many(2000, 200));
    Series.Builder worst = new Series.Builder();
    int warmUp = settings.many(2, 0);
    Series rate =
        new Turns(stage.shared(), warmUp, settings.rounds(5, 2))
            .take(
                (side, number) -> {
                  long begin = System.nanoTime();
                  Samples calls = calls(side, clients, length, call);
                  double seconds = (System.nanoTime() - begin) / NANOS_PER_SECOND;
                  if (number >= warmUp) {
                    worst.add(side, calls.p99());
                  }
                  return calls.values().size() / seconds;
                });
    String name = clients == 1 ? what + ", one client" : what + ", %d clients".formatted(clients);
    report.more(name(), name, "1/s", rate, "");
    report.less(name(), name + ", p99", "ms", worst.build(), "p99 of each round");
  }

  private static Samples calls(Side side, int clients, Duration length, Call call)
      throws Exception {
    List<Double> all = new ArrayList<>();
    Crowd.act(clients, client -> calls(side, "m" + client, length, call)).forEach(all::addAll);
    return new Samples(all);
  }

  private static List<Double> calls(Side side, String id, Duration length, Call call)
      throws Exception {
    List<Double> took = new ArrayList<>();
    try (GantryClient client = side.daemon().connect()) {
      long end = System.nanoTime() + length.toNanos();
      do {
        int number = took.size();
        took.add(
            Turns.millis(
                () -> {
                  Container _ = call.make(client, id, number);
                }));
      } while (System.nanoTime() < end);
    }
    return took;
  }
}
