// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person sees of Debian's {@code ctr} must be the same whether Gantry or containerd answers:
 * each step of the scenario is run against both, and their outputs and exit codes are compared.
 */
class OracleTest {
  @TempDir static Path home;

  private static Registry registry;

  @BeforeAll
  static void startRegistry() {
    registry = Registry.start(home.resolve("registry"));
    registry.push(Daemon.installed().resolve("share/gantry/busybox.tar"), "busybox:latest");
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  @TestFactory
  Stream<DynamicTest> ctr_againstGantry_looksAsAgainstContainerd() throws Exception {
    Scenario scenario =
        Scenario.read(Path.of(Objects.requireNonNull(getClass().getResource("/scenario")).toURI()));
    Map<String, Scenario.Outcome> expected = ask(scenario, "oracle1");
    // When containerd collects and when its shim has copied is not the same each time: what it does
    // in one of two runs is right.
    Map<String, Scenario.Outcome> another = ask(scenario, "oracle2");
    Map<String, Scenario.Outcome> actual;
    try (Daemon subject = Daemon.gantry(home.resolve("subject")).start()) {
      actual = run(scenario, subject);
    }
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

  private static Map<String, Scenario.Outcome> ask(Scenario scenario, String name)
      throws Exception {
    try (Daemon oracle = Daemon.containerd(home.resolve(name)).start()) {
      return run(scenario, oracle);
    }
  }

  private static Map<String, Scenario.Outcome> run(Scenario scenario, Daemon daemon)
      throws Exception {
    Path work =
        Files.createDirectories(
            daemon.home().resolveSibling(daemon.home().getFileName() + "-work"));
    Shell shell =
        daemon.shell(
            Map.of(
                "WORK", work.toString(),
                "REGISTRY", registry.host(),
                "IMAGE", registry.host() + "/busybox:latest"));
    return scenario.run(shell, new Normalizer(daemon.home().toString(), work.toString()));
  }
}
