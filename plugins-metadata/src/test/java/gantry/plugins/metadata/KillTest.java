// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.Snapshotter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a killed process leaves. */
class KillTest {
  private static final int SEEN = 40;

  @Test
  void killed_inMidOfMakingSnapshots_leavesAllThatWasAnswered(@TempDir Path root) throws Exception {
    List<String> answered = runAndKill(root);
    assertThat(answered).hasSizeGreaterThanOrEqualTo(SEEN);

    try (House house = new House(root)) {
      house.metadata.collect();

      for (String name : answered) {
        assertThat(house.snapshots().stat(name).name()).isEqualTo(name);
      }
      List<String> recorded = new ArrayList<>();
      house.snapshots().walk(fields -> true, info -> recorded.add(info.name()));
      assertThat(house.rawSnapshotter.names()).hasSameSizeAs(recorded);
      house.layer("after", "");
    }
  }

  private static List<String> runAndKill(Path root) throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                root.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> answered = new ArrayList<>();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
      String line = out.readLine();
      while (line != null) {
        answered.add(line);
        if (answered.size() == SEEN) {
          child.toHandle().destroyForcibly();
        }
        line = out.readLine();
      }
    }
    assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isEqualTo(137);
    return answered;
  }

  /** Makes snapshots on four threads and prints each name once its commit has returned. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      House house = new House(Path.of(arguments[0]));
      for (int thread = 0; thread < 4; thread++) {
        String prefix = "t" + thread + "-";
        Thread.ofPlatform().start(() -> makeForever(house.snapshots(), prefix));
      }
    }

    private static void makeForever(Snapshotter snapshots, String prefix) {
      Labels labels = Labels.of(Map.of(WellKnown.GC_ROOT, "1"));
      try {
        for (int i = 0; ; i++) {
          House.layer(snapshots, prefix + i, i == 0 ? "" : prefix + (i - 1), labels);
          System.out.println(prefix + i);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void commit_whoseOutcomeIsNotKnown_isRecordedByTheNextCollection(@TempDir Path root)
      throws Exception {
    try (House house = new House(root)) {
      house.layer("base", "");
      house.snapshots().prepare("key", "base", Labels.none());
      house.guard.afterNextWork(
          () -> {
            throw new IllegalStateException("the answer is lost");
          });
      Labels labels = Labels.of(Map.of(WellKnown.GC_ROOT, "1"));
      assertThatThrownBy(() -> house.snapshots().commit("name", "key", "", labels))
          .isInstanceOf(IllegalStateException.class);

      house.metadata.collect();

      SnapshotInfo info = house.snapshots().stat("name");
      assertThat(info.kind()).isEqualTo(SnapshotKind.COMMITTED);
      assertThat(info.parent()).isEqualTo("base");
      assertThat(info.labels()).isEqualTo(labels);
      assertThat(house.rawSnapshotter.names()).hasSize(2);
    }
  }
}
