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
    Turns turns = new Turns(stage.shared(), settings.many(15, 2), settings.rounds(60, 4));
    Series.Builder processor = new Series.Builder();
    Series wall =
        turns.take(
            (side, number) -> Turns.millis(() -> side.workload().runToExit("run" + number)),
            processor);
    report.less(
        name(), "run one container to its exit", "ms", wall, "snapshot to removal, over the API");
    report.worst(name(), "run one container to its exit", "ms", wall, "");
    Turns.processor(report, name(), "processor time of such a run", processor, CPU);

    Series.Builder withClient = new Series.Builder();
    Series command =
        turns.take(
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
}
