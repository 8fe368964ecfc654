// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of the measurement: no row may be broken, whatever its figures are. */
class BenchTest {
  @Test
  void everyRow_givesItsFigures(@TempDir Path directory) throws Exception {
    Path results = directory.resolve("results");
    Settings settings =
        Settings.of(
            Path.of(System.getProperty("gantry.home", "/nonexistent")),
            Files.createDirectory(directory.resolve("gantry-bench")),
            Map.of("SHORT", "1"));
    try (Stage stage = new Stage(settings);
        PrintStream table = new PrintStream("target/bench.txt", StandardCharsets.UTF_8)) {
      List<String> problems = Main.measure(settings, stage, results, table);
      assertThat(problems).as("broken rows").isEmpty();
    }
    try (Stream<Path> files = Files.list(results)) {
      assertThat(files.map(file -> file.toString().replaceAll(".*\\.", "")))
          .containsExactlyInAnyOrder("json", "svg");
    }
  }
}
