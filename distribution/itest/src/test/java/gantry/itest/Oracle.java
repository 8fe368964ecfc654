// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * Runs the steps of a scenario against a daemon that is right by definition and against another,
 * and compares outputs and exit codes.
 *
 * @param home for the daemons, each in a directory of its own
 * @param variables of the steps, beside {@code WORK}
 */
record Oracle(Scenario scenario, Path home, Map<String, String> variables) {

  /** One test for each step that is to be compared. */
  Stream<DynamicTest> compare(Function<Path, Daemon> right, Function<Path, Daemon> subject)
      throws IOException {
    Map<String, Scenario.Outcome> expected = ask(right, "oracle1");
    // When containerd collects and when its shim has copied is not the same each time: what it does
    // in one of two runs is right.
    Map<String, Scenario.Outcome> another = ask(right, "oracle2");
    Map<String, Scenario.Outcome> actual = ask(subject, "subject");
    return scenario.steps().stream()
        .filter(Scenario.Step::compared)
        .map(
            step ->
                DynamicTest.dynamicTest(
                    step.name(), () -> compare(step.name(), actual, expected, another)));
  }

  private static void compare(
      String step,
      Map<String, Scenario.Outcome> actual,
      Map<String, Scenario.Outcome> expected,
      Map<String, Scenario.Outcome> another) {
    String seen = String.valueOf(actual.get(step));
    if (!seen.equals(String.valueOf(another.get(step)))) {
      assertThat(seen).as(step).isEqualTo(String.valueOf(expected.get(step)));
    }
  }

  private Map<String, Scenario.Outcome> ask(Function<Path, Daemon> daemon, String name)
      throws IOException {
    try (Daemon asked = daemon.apply(home.resolve(name)).start()) {
      Path work = Files.createDirectories(home.resolve(name + "-work"));
      Map<String, String> all = new HashMap<>(variables);
      all.put("WORK", work.toString());
      return scenario.run(
          asked.shell(all), new Normalizer(asked.home().toString(), work.toString()));
    }
  }
}
