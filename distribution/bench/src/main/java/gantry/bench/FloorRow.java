// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What runc takes by itself, with no daemon: nobody who runs containers with it can be faster. */
final class FloorRow implements Row {
  private static final String SCRIPT =
      """
      runc --root "$1/state" create --bundle "$1" "$2" &&
      runc --root "$1/state" start "$2" &&
      runc --root "$1/state" delete --force "$2"
      """;

  @Override
  public String name() {
    return "floor";
  }

  @Override
  public void measure(Stage stage, Report report) throws Exception {
    Settings settings = stage.settings();
    Daemon none = stage.daemon(false);
    Path bundle = Files.createDirectories(stage.directory("floor"));
    Path busybox = Files.createDirectories(bundle.resolve("rootfs/bin")).resolve("true");
    Files.copy(Programs.find("busybox"), busybox);
    Files.write(bundle.resolve("config.json"), Spec.container(none.groupOf("floor"), "/bin/true"));
    Series.Builder processor = new Series.Builder();
    Series.Builder wall = new Series.Builder();
    int warmUp = settings.many(5, 1);
    for (int i = 0; i < warmUp + settings.rounds(60, 4); i++) {
      List<String> command =
          none.entering(List.of("sh", "-c", SCRIPT, "floor", bundle.toString(), "floor" + i));
      double before = none.processorMillis();
      double took =
          Turns.millis(
              () -> {
                String _ = Programs.run(command);
              });
      if (i >= warmUp) {
        wall.addAlone(took);
        processor.addAlone(none.processorMillis() - before);
      }
    }
    Series took = wall.build();
    report.less(name(), "runc create, start, delete; no daemon", "ms", took, "the floor");
    report.worst(name(), "runc create, start, delete; no daemon", "ms", took, "");
    Turns.processor(report, name(), "processor time of that", processor, "the floor");
  }
}
