// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

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
    return new Oracle(
            Scenario.read(
                Path.of(Objects.requireNonNull(getClass().getResource("/scenario")).toURI())),
            home,
            Map.of("REGISTRY", registry.host(), "IMAGE", registry.host() + "/busybox:latest"))
        .compare(Daemon::containerd, Daemon::gantry);
  }
}
