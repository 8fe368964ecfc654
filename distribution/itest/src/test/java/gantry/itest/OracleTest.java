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
    Map<String, Scenario.Outcome> expected;
    try (Daemon oracle = Daemon.containerd(home.resolve("oracle")).start()) {
      expected = run(scenario, oracle);
    }
    Map<String, Scenario.Outcome> actual;
    try (Daemon subject = Daemon.gantry(home.resolve("subject")).start()) {
      actual = run(scenario, subject);
    }
    return scenario.steps().stream()
        .filter(Scenario.Step::compared)
        .map(
            step ->
                DynamicTest.dynamicTest(
                    step.name(),
                    () ->
                        assertThat(String.valueOf(actual.get(step.name())))
                            .as(step.name())
                            .isEqualTo(String.valueOf(expected.get(step.name())))));
  }

  private static Map<String, Scenario.Outcome> run(Scenario scenario, Daemon daemon)
      throws Exception {
    // Both work in a directory of the same length: some tables pad by it.
    Path work = Files.createDirectories(home.resolve("work-" + daemon.name().charAt(0)));
    Shell shell =
        daemon.shell(
            Map.of(
                "WORK", work.toString(),
                "REGISTRY", registry.host(),
                "IMAGE", registry.host() + "/busybox:latest"));
    return scenario.run(shell, new Normalizer(daemon.home().toString(), work.toString()));
  }
}
