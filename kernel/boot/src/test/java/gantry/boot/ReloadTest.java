// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import static gantry.boot.HandlesTest.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.plugins.ConfigDifference;
import gantry.plugins.ConfigDifference.Effect;
import gantry.plugins.Handle;
import gantry.plugins.LogLevels;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginStatus.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.InvalidSyntaxException;

/** A configuration that is changed while the kernel runs. */
@Timeout(60)
class ReloadTest {
  private static final String ONE = "test.echo.v1.one";
  private static final String TWO = "test.echo.v1.two";
  private static final String BASE = "version = 4\nimports = []\n";

  @TempDir Path directory;

  @Test
  void reload_ofTheSameFiles_findsNothing() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      assertThat(kernel.service(PluginSettings.class).reload(false)).isEmpty();
    }
  }

  @Test
  void reload_ofAPluginsKey_startsItAnewWithIt() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      Handle<Echo> echo = kernel.echo(ONE).orElseThrow();
      assertThat(said(echo)).isEqualTo("x");
      write(BASE + table(ONE, "prefix = \"new \""));

      List<ConfigDifference> differences = kernel.service(PluginSettings.class).reload(false);

      assertThat(differences)
          .containsExactly(
              new ConfigDifference("plugins.'" + ONE + "'.prefix", "", "\"new \"", Effect.LIVE));
      assertThat(said(echo)).isEqualTo("new x");
    }
  }

  @Test
  void reload_asARehearsal_changesNothing() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      write(BASE + table(ONE, "prefix = \"new \""));
      PluginSettings settings = kernel.service(PluginSettings.class);

      assertThat(settings.reload(true)).hasSize(1);
      assertThat(settings.reload(true)).hasSize(1);
      assertThat(said(kernel.echo(ONE).orElseThrow())).isEqualTo("x");
    }
  }

  @Test
  void reload_thatOnePluginCannotTake_leavesAllAsTheyWere() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      Handle<Echo> one = kernel.echo(ONE).orElseThrow();
      Handle<Echo> two = kernel.echo(TWO).orElseThrow();
      write(BASE + table(ONE, "prefix = \"new \"") + table(TWO, "fail = true"));

      assertThatThrownBy(() -> kernel.service(PluginSettings.class).reload(false))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining("plugin " + TWO + " with fail: unset → true: disk is broken")
          .hasMessageContaining("all plugins have the configuration from before");
      assertThat(said(one)).isEqualTo("x");
      assertThat(said(two)).isEqualTo("x");
      assertThat(kernel.status(TWO).state()).isEqualTo(State.OK);
      write(BASE + table(ONE, "prefix = \"new \""));
      assertThat(kernel.service(PluginSettings.class).reload(false)).hasSize(1);
      assertThat(said(one)).isEqualTo("new x");
    }
  }

  @Test
  void reload_thatMakesAPluginHang_endsAndLeavesAllAsTheyWere() throws Exception {
    String limits =
        """
        [timeouts]
        'io.gantry.timeout.plugin' = "1s"
        'io.gantry.timeout.activation' = "1s"
        """;
    try (KernelFixture kernel = start(BASE + limits)) {
      Handle<Echo> one = kernel.echo(ONE).orElseThrow();
      write(BASE + limits + table(ONE, "hang = true"));

      assertThatThrownBy(() -> kernel.service(PluginSettings.class).reload(false))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining(ONE)
          .hasMessageContaining("all plugins have the configuration from before");
      assertThat(said(one)).isEqualTo("x");
    }
  }

  @Test
  void reload_ofAMalformedFile_changesNothingAndNamesTheLine() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      write(BASE + table(ONE, "prefix = \"new \"") + "[debug\n");

      assertThatThrownBy(() -> kernel.service(PluginSettings.class).reload(false))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("config.toml:5");
      assertThat(said(kernel.echo(ONE).orElseThrow())).isEqualTo("x");
    }
  }

  @Test
  void reload_ofDisabledPlugins_stopsAndStartsThem() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      write(BASE + "disabled_plugins = ['" + ONE + "']\n");

      kernel.service(PluginSettings.class).reload(false);

      assertThat(kernel.status(ONE).state()).isEqualTo(State.SKIP);
      assertThat(kernel.echo(ONE)).as("nobody shall wait for it").isEmpty();
      assertThat(kernel.status(TWO).state()).isEqualTo(State.OK);

      write(BASE);
      kernel.service(PluginSettings.class).reload(false);

      assertThat(said(kernel.echo(ONE).orElseThrow())).isEqualTo("x");
    }
  }

  @Test
  void reload_thatDisablesARequiredPlugin_isRefused() throws Exception {
    String required = "required_plugins = ['" + ONE + "']\n";
    try (KernelFixture kernel = start(BASE + required)) {
      write(BASE + required + "disabled_plugins = ['" + ONE + "']\n");

      assertThatThrownBy(() -> kernel.service(PluginSettings.class).reload(false))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining("required plugin " + ONE + " is disabled");
      assertThat(kernel.status(ONE).state()).isEqualTo(State.OK);
    }
  }

  @Test
  void reload_ofKeysThatNeedARestart_saysSoEachTimeAndAppliesTheOthers() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      write(
          BASE
              + "oom_score = 7\n[debug]\nlevel = \"debug\"\n"
              + table("io.containerd.server.v1.grpc", "gid = 9"));
      PluginSettings settings = kernel.service(PluginSettings.class);

      assertThat(settings.reload(false))
          .extracting(ConfigDifference::key, ConfigDifference::effect)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple("debug.level", Effect.LIVE),
              org.assertj.core.groups.Tuple.tuple("oom_score", Effect.RESTART),
              org.assertj.core.groups.Tuple.tuple(
                  "plugins.'io.containerd.server.v1.grpc'.gid", Effect.RESTART));
      assertThat(kernel.service(LogLevels.class).levels()).containsEntry(LogLevels.ROOT, "debug");
      assertThat(settings.reload(false))
          .extracting(ConfigDifference::effect)
          .containsOnly(Effect.RESTART)
          .hasSize(2);
      write(BASE);
      assertThat(settings.reload(false))
          .extracting(ConfigDifference::key)
          .containsExactly("debug.level");
    }
  }

  @Test
  void reloads_underCallers_failNoCall() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      Handle<Echo> echo = kernel.echo(ONE).orElseThrow();
      AtomicBoolean done = new AtomicBoolean();
      Queue<Exception> failures = new ConcurrentLinkedQueue<>();
      Thread caller =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (!done.get()) {
                        said(echo);
                      }
                    } catch (RuntimeException e) {
                      failures.add(e);
                    }
                  });
      for (int i = 0; i < 20; i++) {
        write(BASE + table(ONE, "prefix = \"" + i + "\"") + (i % 4 == 3 ? "fail = 1\n" : ""));
        try {
          kernel.service(PluginSettings.class).reload(false);
        } catch (FailedPreconditionException e) {
          assertThat(i % 4).as("%s", e).isEqualTo(3);
        }
      }
      done.set(true);
      caller.join();

      assertThat(failures).isEmpty();
      assertThat(said(echo)).isEqualTo("18x");
    }
  }

  @Test
  void reload_ofTimeouts_countsForHandlesThatAreThere() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      Handle<Echo> echo = kernel.echo(ONE).orElseThrow();
      write(BASE + "[timeouts]\n'io.gantry.timeout.plugin' = '1ms'\n");
      kernel.service(PluginSettings.class).reload(false);
      Arrays.stream(kernel.context().getBundles())
          .filter(bundle -> ONE.equals(bundle.getSymbolicName()))
          .findFirst()
          .orElseThrow()
          .stop();

      long since = System.nanoTime();
      assertThatThrownBy(() -> said(echo)).isInstanceOf(UnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void changedFile_isTakenUpByItself() throws Exception {
    try (KernelFixture kernel = start(BASE, true)) {
      Handle<Echo> echo = kernel.echo(ONE).orElseThrow();
      Path fresh =
          Files.writeString(
              directory.resolve("config.toml.swp"), BASE + table(ONE, "prefix = \"new \""));
      Files.move(
          fresh,
          directory.resolve("config.toml"),
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);

      awaitAnswer(echo, "new x");
      write(BASE + "[plugins.'" + ONE + "'\n");
      write("");
      write(BASE + table(ONE, "prefix = \"newer \""));
      awaitAnswer(echo, "newer x");
    }
  }

  @Test
  void signal_neverThrows() throws Exception {
    try (KernelFixture kernel = start(BASE)) {
      write("broken");

      signal(kernel);
      write(BASE + table(ONE, "prefix = \"new \""));
      signal(kernel);

      assertThat(said(kernel.echo(ONE).orElseThrow())).isEqualTo("new x");
    }
  }

  private static void signal(KernelFixture kernel) throws InvalidSyntaxException {
    var reference =
        kernel
            .context()
            .getServiceReferences(Runnable.class, "(gantry.reload=true)")
            .iterator()
            .next();
    kernel.context().getService(reference).run();
  }

  private static String said(Handle<Echo> echo) {
    return echo.call(provider -> provider.echo("x"));
  }

  private static void awaitAnswer(Handle<Echo> echo, String answer) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!said(echo).equals(answer)) {
      assertThat(System.nanoTime()).as("nothing answers %s", answer).isLessThan(end);
    }
  }

  private KernelFixture start(String config) throws Exception {
    return start(config, false);
  }

  private KernelFixture start(String config, boolean watch) throws Exception {
    KernelFixture kernel = KernelFixture.start(directory, config, watch);
    for (String uri : List.of(ONE, TWO)) {
      kernel
          .install(
              new BundleBuilder(uri)
                  .plugin(uri, EchoProvider.class, "init=\"1\" deactivate=\"deactivate\"", SERVICE)
                  .write(directory.resolve(uri + ".jar")))
          .start();
    }
    return kernel;
  }

  private static String table(String uri, String keys) {
    return "[plugins.'" + uri + "']\n" + keys + "\n";
  }

  private void write(String config) throws Exception {
    Files.writeString(directory.resolve("config.toml"), config);
  }
}
