// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

/** From nothing to the exit code and back to nothing: one container at a time. */
final class RunRow implements Row {
  private static final String CPU = "daemon, helpers, runc and the container";

  @Override
  public String name() {
    return "run";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    stage.quiet();
    Pair pair = stage.shared();
    Turns first = new Turns(pair, 0, settings.many(15, 2));
    runs(report, first, "run one of a daemon's first containers", "early", "no warm-up at all");
    Turns turns = new Turns(pair, settings.many(300, 2), settings.rounds(60, 4));
    runs(
        report, turns, "run one container to its exit", "run", "snapshot to removal, over the API");

    Series.Builder withClient = new Series.Builder();
    Series command =
        new Turns(pair, settings.many(100, 1), settings.rounds(60, 4))
            .take(
                (side, number) ->
                    Turns.millis(
                        () -> {
                          String _ = side.ctr("run", "--rm", Side.IMAGE, "ctr" + number, "true");
                        }),
                withClient);
    report.less(name(), "ctr run --rm … true", "ms", command, "the same ctr for both");
    report.worst(name(), "ctr run --rm … true", "ms", command, "");
    Turns.processor(report, name(), "processor time of such a ctr run", withClient, CPU + ", ctr");
  }

  private void runs(Report report, Turns turns, String what, String prefix, String note)
      throws Exception {
    Series.Builder processor = new Series.Builder();
    Series wall =
        turns.take(
            (side, number) -> Turns.millis(() -> side.workload().runToExit(prefix + number)),
            processor);
    report.less(name(), what, "ms", wall, note);
    report.worst(name(), what, "ms", wall, "");
    Turns.processor(report, name(), what + ", processor time", processor, CPU);
  }
}
