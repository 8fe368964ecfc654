// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.util.List;

/** A daemon with an empty store, from its exec to its first answer. */
final class ColdRow implements Row {
  @Override
  public String name() {
    return "cold";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    stage.quiet();
    Series.Builder wall = new Series.Builder();
    Series.Builder processor = new Series.Builder();
    int warmUp = settings.many(2, 0);
    for (int i = 0; i < warmUp + settings.rounds(11, 2); i++) {
      for (boolean isPeer : List.of(false, true)) {
        try (Daemon daemon = stage.daemon(isPeer)) {
          double took =
              Turns.millis(
                  () -> {
                    daemon.start();
                    daemon.awaitAnswer();
                  });
          double processed = daemon.processorMillis();
          daemon.stop();
          if (i >= warmUp) {
            wall.add(isPeer, took);
            processor.add(isPeer, processed);
          }
        }
      }
    }
    report.less(
        name(),
        "cold start to the first answer",
        "ms",
        wall.build(),
        "its files in the page cache");
    Turns.processor(report, name(), "processor time of that start", processor, "");
  }
}
