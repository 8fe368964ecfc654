// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.mounts.Mount;
import java.util.List;

/** A container with its snapshot made and removed; nothing runs. */
final class CreateRow implements Row {
  @Override
  public String name() {
    return "create";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    Series wall =
        new Turns(stage.shared(), settings.many(50, 2), settings.rounds(200, 10))
            .take((side, number) -> Turns.millis(() -> once(side.workload(), "create" + number)));
    report.less(
        name(), "create and delete a container, its snapshot", "ms", wall, "four durable writes");
    report.worst(name(), "create and delete a container, its snapshot", "ms", wall, "");
  }

  /** Makes one and removes it. */
  static void once(Workload workload, String id) {
    List<Mount> _ = workload.record(id, "true");
    workload.forget(id);
  }
}
