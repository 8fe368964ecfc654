// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static gantry.boot.HandlesTest.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.boot.fixture.provider.EchoUser;
import gantry.boot.fixture.provider.NoProbe;
import gantry.plugins.HostProbe;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginReference.Kind;
import gantry.plugins.PluginStatus.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

class PluginDetailTest {
  private static final String ECHO = "test.echo.v1.plain";
  private static final String USER = "test.user.v1.plain";
  private static final String HANDLE =
      "<reference name=\"echo\" interface=\"gantry.plugins.Handle\" parameter=\"0\""
          + " target=\"(contract=gantry.boot.fixture.api.Echo)\"/>";

  @TempDir Path directory;

  @Test
  void pluginThatServes_saysWhatItOffersAndComesFrom() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(echo()).start();

      PluginDetail detail = detail(kernel, ECHO);
      assertThat(detail.bundle()).isEqualTo("echo");
      assertThat(detail.version()).isEqualTo("1.0.0");
      assertThat(detail.offers()).containsExactly(Echo.class.getName());
      assertThat(detail.references()).isEmpty();
      assertThat(detail.pending()).isFalse();
      assertThat(detail.sha256()).isEmpty();
    }
  }

  @Test
  void pluginThatWaits_isPendingUntilItHasWhatItAsksFor() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(user()).start();

      PluginDetail waiting = detail(kernel, USER);
      assertThat(waiting.pending()).isTrue();
      assertThat(waiting.references()).containsExactly(reference(false, List.of()));
      assertThat(waiting.status().reason())
          .isEqualTo(
              "waits for a plugin that offers %s: no plugin that is installed does",
              Echo.class.getName());

      kernel.install(echo()).start();

      PluginDetail serving = detail(kernel, USER);
      assertThat(serving.pending()).isFalse();
      assertThat(serving.references()).containsExactly(reference(true, List.of(ECHO)));
      assertThat(serving.since()).isAfter(waiting.since());
    }
  }

  @Test
  void pluginThatWaitsForOneThing_tellsFromWhomItWouldHaveAnother() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(echo()).start();
      Path jar =
          new BundleBuilder("user")
              .plugin(
                  USER,
                  EchoUser.class,
                  "init=\"1\"",
                  HANDLE
                      + "<reference name=\"other\" interface=\"gantry.plugins.Handle\""
                      + " target=\"(contract=x.Other)\"/>")
              .write(directory.resolve("user.jar"));
      kernel.install(jar).start();

      assertThat(detail(kernel, USER).references())
          .contains(
              reference(true, List.of(ECHO)),
              new PluginReference(Kind.CONTRACT, "x.Other", "", false, false, List.of()));
    }
  }

  @Test
  void pluginThatWaitsForAContract_namesWhoFailedToOfferIt() throws Exception {
    try (KernelFixture kernel =
        KernelFixture.start(directory, "version = 4\n[plugins.'" + ECHO + "']\nfail = true\n")) {
      kernel.install(user()).start();
      kernel.install(echo()).start();

      PluginDetail failed = detail(kernel, ECHO);
      assertThat(failed.pending()).isFalse();
      assertThat(failed.failure())
          .contains("IllegalStateException: disk is broken")
          .contains("at gantry.boot.fixture.provider.EchoProvider.<init>");
      assertThat(detail(kernel, USER).status().reason())
          .isEqualTo(
              "waits for a plugin that offers %s: %s: disk is broken", Echo.class.getName(), ECHO);
    }
  }

  @Test
  void pluginsThatAreDisabledOrLackSomething_sayWhichConditionIsUnmet() throws Exception {
    try (KernelFixture kernel =
        KernelFixture.start(directory, "version = 4\ndisabled_plugins = [\"" + ECHO + "\"]\n")) {
      kernel.install(echo()).start();
      Path jar =
          new BundleBuilder("user")
              .component(NoProbe.class, HostProbe.class)
              .plugin(
                  USER,
                  EchoProvider.class,
                  "init=\"1\"",
                  "<reference name=\"thing\" interface=\"org.osgi.service.condition.Condition\""
                      + " target=\"(osgi.condition.id=host.test.thing)\"/>"
                      + SERVICE)
              .write(directory.resolve("thing.jar"));
      kernel.install(jar).start();

      assertThat(detail(kernel, ECHO).references())
          .containsExactly(condition("gantry.disabled", false));
      assertThat(detail(kernel, ECHO).pending()).isFalse();
      assertThat(detail(kernel, USER).references())
          .containsExactly(condition("host.test.thing", false));
      assertThat(detail(kernel, USER).status().state()).isEqualTo(State.SKIP);
    }
  }

  @Test
  void pluginsOfBundlesThatDoNotRun_areNotPending() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(echo());

      PluginDetail stopped = detail(kernel, ECHO);
      assertThat(stopped.status().reason()).isEqualTo("its bundle echo is not started");
      assertThat(stopped.pending()).isFalse();
      assertThat(stopped.offers()).containsExactly(Echo.class.getName());
      assertThat(stopped.bundle()).isEqualTo("echo");
    }
  }

  @Test
  void twoVersionsOfAPlugin_theOneThatServesCounts() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(echo()).start();
      Path newer =
          new BundleBuilder("echo")
              .version("2.0.0")
              .imports("no.such.thing")
              .plugin(ECHO, EchoProvider.class, "init=\"1\"", SERVICE)
              .write(directory.resolve("newer.jar"));
      Bundle unresolved = kernel.install(newer);
      assertThat(unresolved.getState()).isEqualTo(Bundle.INSTALLED);

      assertThat(detail(kernel, ECHO).version()).isEqualTo("1.0.0");
      assertThat(detail(kernel, ECHO).status().state()).isEqualTo(State.OK);
    } catch (BundleException e) {
      throw new AssertionError("two versions may be there at once", e);
    }
  }

  @Test
  void installedBundle_hasTheDigestOfItsJar() throws Exception {
    try (KernelFixture kernel = KernelFixture.start(directory, "version = 4\n")) {
      kernel.install(echo()).start();
      Path kept = Files.createDirectories(directory.resolve("root/bundles")).resolve("echo.jar");
      Files.writeString(kept, "one");
      assertThat(detail(kernel, ECHO).sha256()).isEqualTo(sha256("one"));

      Files.writeString(kept, "three");
      assertThat(detail(kernel, ECHO).sha256()).isEqualTo(sha256("three"));

      Files.delete(kept);
      assertThat(detail(kernel, ECHO).sha256()).isEmpty();
    }
  }

  private static String sha256(String text) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static PluginReference reference(boolean satisfied, List<String> providers) {
    return new PluginReference(
        Kind.CONTRACT, Echo.class.getName(), "", false, satisfied, providers);
  }

  private static PluginReference condition(String id, boolean satisfied) {
    return new PluginReference(Kind.CONDITION, id, "", false, satisfied, List.of());
  }

  private static PluginDetail detail(KernelFixture kernel, String plugin) {
    return kernel.service(PluginInventory.class).details().stream()
        .filter(detail -> detail.status().uri().toString().equals(plugin))
        .findFirst()
        .orElseThrow();
  }

  private Path echo() throws Exception {
    return new BundleBuilder("echo")
        .plugin(ECHO, EchoProvider.class, "init=\"1\"", SERVICE)
        .write(directory.resolve("echo.jar"));
  }

  private Path user() throws Exception {
    return new BundleBuilder("user")
        .plugin(USER, EchoUser.class, "init=\"1\"", HANDLE)
        .write(directory.resolve("user.jar"));
  }
}
