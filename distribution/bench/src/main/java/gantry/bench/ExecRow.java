// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

/** One more process in a running container. */
final class ExecRow implements Row {
  private static final String CONTAINER = "exec";

  @Override
  public String name() {
    return "exec";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    Pair pair = stage.shared();
    for (Side side : pair.sides()) {
      side.workload().launch(CONTAINER);
    }
    Series.Builder processor = new Series.Builder();
    Series wall =
        new Turns(pair, settings.many(150, 1), settings.rounds(60, 4))
            .take(
                (side, number) -> Turns.millis(() -> side.workload().exec(CONTAINER, "e" + number)),
                processor);
    report.less(name(), "exec of a process to its exit", "ms", wall, "");
    report.worst(name(), "exec of a process to its exit", "ms", wall, "");
    Turns.processor(report, name(), "processor time of such an exec", processor, "");
    for (Side side : pair.sides()) {
      side.workload().stop(CONTAINER);
      side.workload().forget(CONTAINER);
    }
  }
}
