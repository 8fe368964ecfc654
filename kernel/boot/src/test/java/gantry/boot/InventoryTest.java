// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static gantry.boot.HandlesTest.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.boot.fixture.provider.EchoUser;
import gantry.boot.fixture.provider.NoProbe;
import gantry.errors.FailedPreconditionException;
import gantry.plugins.HostProbe;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

class InventoryTest {
  private static final String ECHO = "test.echo.v1.plain";
  private static final String USER = "test.user.v1.plain";
  private static final String CONDITIONAL = "test.thing.v1.plain";
  private static final String HANDLE =
      "<reference name=\"echo\" interface=\"gantry.plugins.Handle\" parameter=\"0\""
          + " target=\"(&amp;(contract=gantry.boot.fixture.api.Echo)(plugin="
          + ECHO
          + "))\"/>";

  @TempDir Path directory;

  @Test
  void pluginThatServes_isOk() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(echo()).start();

      PluginStatus status = kernel.status(ECHO);
      assertThat(status.state()).isEqualTo(State.OK);
      assertThat(status.reason()).isNull();
      assertThat(status.requires()).containsExactly("x.v1");
    }
  }

  @Test
  void pluginThatWaitsForAnother_namesItUntilItIsThere() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(user()).start();

      assertThat(kernel.status(USER).state()).isEqualTo(State.ERROR);
      assertThat(kernel.status(USER).reason())
          .isEqualTo("waits for plugin " + ECHO + ": no such plugin is installed");

      kernel.install(echo()).start();

      assertThat(kernel.status(USER).state()).isEqualTo(State.OK);
    }
  }

  @Test
  void pluginBehindOneThatFailed_namesTheCause() throws Exception {
    try (KernelFixture kernel =
        KernelFixture.start(directory, "version = 4\n[plugins.'" + ECHO + "']\nfail = true\n")) {
      kernel.install(user()).start();
      kernel.install(echo()).start();

      assertThat(kernel.status(USER).reason())
          .isEqualTo("waits for plugin " + ECHO + ": disk is broken");
    }
  }

  @Test
  void pluginTheHostLacksSomethingFor_isSkippedWithTheProbesReason() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      Path jar =
          new BundleBuilder("thing")
              .component(NoProbe.class, HostProbe.class)
              .plugin(
                  CONDITIONAL,
                  EchoProvider.class,
                  "init=\"1\"",
                  "<reference name=\"thing\" interface=\"org.osgi.service.condition.Condition\""
                      + " target=\"(osgi.condition.id=host.test.thing)\"/>"
                      + SERVICE)
              .write(directory.resolve("thing.jar"));
      kernel.install(jar).start();

      assertThat(kernel.status(CONDITIONAL).state()).isEqualTo(State.SKIP);
      assertThat(kernel.status(CONDITIONAL).reason()).isEqualTo("no thing in /proc/things");
    }
  }

  @Test
  void disabledPlugin_isSkipped() throws Exception {
    try (KernelFixture kernel =
        KernelFixture.start(directory, "version = 4\ndisabled_plugins = [\"" + ECHO + "\"]\n")) {
      kernel.install(echo()).start();

      assertThat(kernel.status(ECHO).state()).isEqualTo(State.SKIP);
      assertThat(kernel.status(ECHO).reason()).isEqualTo("disabled by configuration");
      assertThat(kernel.echo(ECHO)).isEmpty();
    }
  }

  @Test
  void requiredPluginThatDoesNotServe_stopsTheStart() throws Exception {
    try (KernelFixture kernel =
        KernelFixture.start(
            directory,
            "version = 4\nrequired_plugins = [\"" + USER + "\", \"test.none.v1.x\"]\n")) {
      kernel.install(user()).start();

      assertThatThrownBy(kernel::requireReady)
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining("load required plugin " + USER + ": waits for plugin " + ECHO)
          .hasMessageContaining("load required plugin test.none.v1.x: no such plugin");

      kernel.install(echo()).start();
      assertThatThrownBy(kernel::requireReady).hasMessageNotContaining(USER);
    }
  }

  @Test
  void pluginOfBundleThatDoesNotResolve_isShownWithTheReason() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      Path jar = builder().imports("no.such.thing").write(directory.resolve("lacking.jar"));
      Bundle bundle = kernel.install(jar);

      assertThatThrownBy(bundle::start).isInstanceOf(BundleException.class);
      assertThat(kernel.status(ECHO).state()).isEqualTo(State.ERROR);
      assertThat(kernel.status(ECHO).reason())
          .isEqualTo("its bundle echo lacks package no.such.thing");
    }
  }

  private static BundleBuilder builder() {
    return new BundleBuilder("echo")
        .plugin(ECHO, EchoProvider.class, "deactivate=\"deactivate\" init=\"1\"", SERVICE);
  }

  private Path echo() throws Exception {
    return builder().write(directory.resolve("echo.jar"));
  }

  private Path user() throws Exception {
    return new BundleBuilder("user")
        .plugin(USER, EchoUser.class, "init=\"1\"", HANDLE)
        .write(directory.resolve("user.jar"));
  }
}
