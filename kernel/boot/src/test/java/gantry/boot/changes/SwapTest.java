// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.Callers;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.boot.fixture.provider.EchoUser;
import gantry.boot.fixture.provider.OnlyEcho;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ChangeStep.Name;
import gantry.plugins.Handle;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginBundle.Origin;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Kind;
import gantry.plugins.PluginChange.Outcome;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginStatus.State;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

class SwapTest {
  private static final String PLUGIN = "test.echo.v1.plain";
  private static final String USER = "test.user.v1.plain";
  private static final String SERVICE =
      "<service><provide interface=\"gantry.boot.fixture.api.Echo\"/></service>";
  private static final String EXCLUSIVE =
      "<property name=\"plugin.exclusive\" type=\"Boolean\" value=\"true\"/>" + SERVICE;
  private static final String HANDLE =
      "<reference name=\"echo\" interface=\"gantry.plugins.Handle\" parameter=\"0\""
          + " target=\"(&amp;(contract=gantry.boot.fixture.api.Echo)(plugin="
          + PLUGIN
          + "))\"/>";
  private static final ChangeOptions FORCE = new ChangeOptions(false, true);
  private static final ChangeOptions DRY_RUN = new ChangeOptions(true, false);

  private static final int SWAPS = 20;

  @TempDir Path directory;
  private KernelFixture kernel;
  private PluginChanges changes;

  @BeforeEach
  void start() throws Exception {
    kernel = KernelFixture.start(directory, "version = 4\n");
    changes = kernel.service(PluginChanges.class);
  }

  @AfterEach
  void stop() throws Exception {
    kernel.close();
  }

  @Test
  void swap_underLoad_failsNoCallAndLeavesNothingOfTheOld() throws Exception {
    install("1.0.0");
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    List<ChangeStep> steps = new ArrayList<>();
    try (Callers callers = new Callers(handle, 8)) {
      callers.awaitAnswers();
      PluginChange change = changes.swap(provider("2.0.0"), ChangeOptions.NONE, steps::add);
      callers.awaitAnswers();

      assertThat(change.outcome()).isEqualTo(Outcome.DONE);
      assertThat(change.from()).isEqualTo("1.0.0");
      assertThat(change.to()).isEqualTo("2.0.0");
      assertThat(change.plugins()).containsExactly(PLUGIN);
      assertThat(callers.failures()).isEmpty();
    }
    assertThat(steps)
        .extracting(ChangeStep::name)
        .containsExactly(
            Name.FETCH,
            Name.READ,
            Name.INSTALL,
            Name.RESOLVE,
            Name.LOAD,
            Name.START,
            Name.CHECK,
            Name.KEEP,
            Name.MOVE,
            Name.DRAIN,
            Name.STOP);
    assertThat(versions()).containsExactly("2.0.0");
    assertThat(kernel.echo(PLUGIN)).containsSame(handle);
    assertThat(files()).containsExactly("echo.jar", "history.jsonl", "kept/echo/1-1.0.0.jar");
    assertThat(winning()).hasSameBinaryContentAs(directory.resolve("2.0.0.jar"));
  }

  @Test
  void swaps_leaveNoLoaderBehind() throws Exception {
    install("1.0.0");
    Handle<Echo> handle = kernel.echo(PLUGIN).orElseThrow();
    ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    Set<Reference<ClassLoader>> loaders = new HashSet<>();
    for (int i = 2; i <= SWAPS; i++) {
      loaders.add(
          new PhantomReference<>(handle.call(e -> e.getClass().getClassLoader()), collected));
      swap(i + ".0.0");
    }

    for (int i = 0; i < 50 && !loaders.isEmpty(); i++) {
      System.gc();
      Reference<? extends ClassLoader> gone = collected.remove(200);
      while (gone != null) {
        loaders.remove(gone);
        gone = collected.poll();
      }
    }
    assertThat(loaders).isEmpty();
  }

  @Test
  void rollback_goesBackStepByStep() throws Exception {
    install("1.0.0");
    swap("2.0.0");
    swap("3.0.0");

    assertThat(changes.rollback(PLUGIN, ChangeOptions.NONE, _ -> {}).to()).isEqualTo("2.0.0");
    assertThat(versions()).containsExactly("2.0.0");
    assertThat(changes.rollback("echo", ChangeOptions.NONE, _ -> {}).to()).isEqualTo("1.0.0");
    assertThat(winning()).hasSameBinaryContentAs(directory.resolve("1.0.0.jar"));

    assertThatThrownBy(() -> changes.rollback("echo", ChangeOptions.NONE, _ -> {}))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("there is no version before this one; 1.0.0 serves as before");
    assertThatThrownBy(() -> changes.rollback("nobody", ChangeOptions.NONE, _ -> {}))
        .isInstanceOf(NotFoundException.class);
    assertThat(versions()).containsExactly("1.0.0");
  }

  @Test
  void swaps_keepThreeVersions() throws Exception {
    install("1.0.0");
    for (int i = 2; i <= 6; i++) {
      swap(i + ".0.0");
    }

    assertThat(files())
        .containsExactly(
            "echo.jar",
            "history.jsonl",
            "kept/echo/3-3.0.0.jar",
            "kept/echo/4-4.0.0.jar",
            "kept/echo/5-5.0.0.jar");
  }

  @Test
  void olderVersion_byForce_isTaken() throws Exception {
    install("2.0.0");

    assertThat(changes.swap(provider("1.0.0"), FORCE, _ -> {}).to()).isEqualTo("1.0.0");
    assertThat(versions()).containsExactly("1.0.0");
  }

  @Test
  void remove_ofInstalled_leavesNothing() throws Exception {
    install("1.0.0");
    swap("2.0.0");

    PluginChange change = changes.remove(PLUGIN, ChangeOptions.NONE, _ -> {});

    assertThat(change.kind()).isEqualTo(Kind.REMOVE);
    assertThat(versions()).isEmpty();
    assertThat(kernel.echo(PLUGIN)).isEmpty();
    assertThat(files()).containsExactly("history.jsonl");
    assertThatThrownBy(() -> changes.remove(PLUGIN, ChangeOptions.NONE, _ -> {}))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void remove_ofWhatOthersNeed_namesThem_andGoesOnByForce() throws Exception {
    install("1.0.0");
    changes.install(user(), ChangeOptions.NONE, _ -> {});

    assertThatThrownBy(() -> changes.remove("echo", ChangeOptions.NONE, _ -> {}))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessage(
            "remove echo: read: "
                + USER
                + " cannot do without it; remove that first, or go on by force; 1.0.0 serves as"
                + " before");
    assertThat(versions()).containsExactly("1.0.0");

    changes.remove("echo", FORCE, _ -> {});

    assertThat(versions()).isEmpty();
    assertThat(kernel.status(USER).state()).isEqualTo(State.ERROR);
  }

  @Test
  void shippedBundle_isSwappedAndGoesBackToWhatShips() throws Exception {
    Path shipped = Files.createDirectory(directory.resolve("plugins")).resolve("echo.jar");
    Files.copy(Path.of(provider("1.0.0").location()), shipped);
    try (InputStream content = Files.newInputStream(shipped)) {
      kernel.context().installBundle("boot:plugins/echo.jar", content).start();
    }
    assertThatThrownBy(() -> changes.remove("echo", ChangeOptions.NONE, _ -> {}))
        .hasMessageContaining("it ships with the daemon");
    swap("2.0.0");
    assertThat(bundle().origin()).isEqualTo(Origin.INSTALLED);

    assertThat(changes.rollback("echo", ChangeOptions.NONE, _ -> {}).to()).isEqualTo("1.0.0");
    assertThat(bundle().origin()).isEqualTo(Origin.SHIPPED);
    swap("2.0.0");
    swap("3.0.0");
    assertThat(changes.remove("echo", ChangeOptions.NONE, _ -> {}).to()).isEqualTo("1.0.0");

    assertThat(bundle()).isEqualTo(new PluginBundle("echo", "1.0.0", "active", Origin.SHIPPED));
    assertThat(files()).containsExactly("history.jsonl");
    assertThat(answer()).isEqualTo("x");
  }

  @Test
  void install_ofNewPlugin_servesAtOnce_andOnlyOnce() throws Exception {
    install("1.0.0");

    assertThat(answer()).isEqualTo("x");
    assertThatThrownBy(() -> install("2.0.0"))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("bundle echo 1.0.0 is there; swap it instead");
  }

  @Test
  void install_ofWhatWaits_startsWhenThatComes() throws Exception {
    List<ChangeStep> steps = new ArrayList<>();
    changes.install(user(), ChangeOptions.NONE, steps::add);

    assertThat(steps)
        .extracting(ChangeStep::detail)
        .contains(USER + ": waits for plugin " + PLUGIN + ": no such plugin is installed");
    assertThat(kernel.status(USER).state()).isEqualTo(State.ERROR);

    install("1.0.0");

    assertThat(kernel.status(USER).state()).isEqualTo(State.OK);
  }

  @Test
  void install_ofWhatFails_leavesNothing() throws Exception {
    assertThatThrownBy(
            () ->
                changes.install(failing("1.0.0", EchoProvider.class), ChangeOptions.NONE, _ -> {}))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessage("install echo: start: " + PLUGIN + ": disk is broken");

    assertThat(versions()).isEmpty();
    assertThat(files()).containsExactly("history.jsonl");
    assertThat(kernel.echo(PLUGIN)).isEmpty();
  }

  @Test
  void dryRun_saysWhatWouldBeTouched_andLeavesNoTrace() throws Exception {
    install("1.0.0");
    changes.install(user(), ChangeOptions.NONE, _ -> {});
    int done = changes.history().size();
    List<ChangeStep> steps = new ArrayList<>();

    PluginChange change = changes.swap(provider("2.0.0"), DRY_RUN, steps::add);

    assertThat(change.outcome()).isEqualTo(Outcome.REHEARSED);
    assertThat(steps.getLast().name()).isEqualTo(Name.LOAD);
    assertThat(steps.get(1).detail())
        .isEqualTo(
            "echo 2.0.0 in place of 1.0.0; plugins: %s; needed by: %s; both are active for a moment, no call waits"
                .formatted(PLUGIN, USER));
    assertThat(versions()).containsExactly("1.0.0");
    assertThat(files()).containsExactly("echo.jar", "history.jsonl", "user.jar");
    assertThat(changes.history()).hasSize(done);
  }

  @Test
  void swapToJarThatLacksANeededPlugin_isRefused() throws Exception {
    install("1.0.0");
    changes.install(user(), ChangeOptions.NONE, _ -> {});
    BundleSource lacking =
        write(
            new BundleBuilder("echo")
                .version("2.0.0")
                .plugin("test.echo.v1.new", EchoProvider.class, "init=\"1\"", SERVICE),
            "lacking");

    assertThatThrownBy(() -> changes.swap(lacking, ChangeOptions.NONE, _ -> {}))
        .hasMessageContaining("it lacks plugin " + PLUGIN + ", which " + USER);
    assertThat(answer()).isEqualTo("x");
  }

  @Test
  void exclusiveSwap_underLoad_onlyMakesCallersWait() throws Exception {
    changes.install(only("1.0.0"), ChangeOptions.NONE, _ -> {});
    List<ChangeStep> steps = new ArrayList<>();
    try (Callers callers = new Callers(kernel.echo(PLUGIN).orElseThrow(), 8)) {
      callers.awaitAnswers();
      changes.swap(only("2.0.0"), ChangeOptions.NONE, steps::add);
      callers.awaitAnswers();

      assertThat(callers.failures()).isEmpty();
    }
    assertThat(steps).extracting(ChangeStep::name).contains(Name.PAUSE).doesNotContain(Name.DRAIN);
    assertThat(versions()).containsExactly("2.0.0");
  }

  @Test
  void exclusiveSwapThatFails_bringsTheOldBack_andCallersOnlyWaited() throws Exception {
    changes.install(only("1.0.0"), ChangeOptions.NONE, _ -> {});
    try (Callers callers = new Callers(kernel.echo(PLUGIN).orElseThrow(), 8)) {
      callers.awaitAnswers();

      assertThatThrownBy(
              () -> changes.swap(failing("2.0.0", OnlyEcho.class), ChangeOptions.NONE, _ -> {}))
          .hasMessage("swap echo: start: " + PLUGIN + ": disk is broken; 1.0.0 serves as before");

      callers.awaitAnswers();
      assertThat(callers.failures()).isEmpty();
    }
    assertThat(versions()).containsExactly("1.0.0");
    assertThat(changes.history().getLast().outcome()).isEqualTo(Outcome.UNDONE);
  }

  @Test
  void history_outlivesTheDaemon() throws Exception {
    install("1.0.0");
    swap("2.0.0");
    List<PluginChange> before = changes.history();
    kernel.close();
    Files.createDirectories(directory.resolve("root/bundles/incoming/1"));
    Files.writeString(directory.resolve("root/bundles/incoming/1/jar"), "half");

    start();

    assertThat(before).hasSize(2);
    assertThat(changes.history()).isEqualTo(before);
    assertThat(files()).doesNotContain("incoming/1/jar");
  }

  private void install(String version) throws Exception {
    changes.install(provider(version), ChangeOptions.NONE, _ -> {});
  }

  private void swap(String version) throws Exception {
    changes.swap(provider(version), ChangeOptions.NONE, _ -> {});
  }

  private BundleSource provider(String version) throws IOException {
    return write(
        new BundleBuilder("echo")
            .version(version)
            .plugin(PLUGIN, EchoProvider.class, "deactivate=\"deactivate\" init=\"1\"", SERVICE),
        version);
  }

  private BundleSource only(String version) throws IOException {
    return write(
        new BundleBuilder("echo")
            .version(version)
            .plugin(PLUGIN, OnlyEcho.class, "deactivate=\"deactivate\" init=\"1\"", EXCLUSIVE),
        version);
  }

  private BundleSource failing(String version, Class<?> type) throws IOException {
    return write(
        new BundleBuilder("echo")
            .version(version)
            .plugin(
                PLUGIN,
                type,
                "deactivate=\"deactivate\" init=\"1\"",
                "<property name=\"fail\" value=\"yes\"/>" + SERVICE),
        version);
  }

  private BundleSource user() throws IOException {
    return write(
        new BundleBuilder("user").plugin(USER, EchoUser.class, "init=\"1\"", HANDLE), "user");
  }

  private BundleSource write(BundleBuilder builder, String name) throws IOException {
    return new BundleSource(builder.write(directory.resolve(name + ".jar")).toString(), "");
  }

  private String answer() throws Exception {
    return kernel.echo(PLUGIN).orElseThrow().<String, RuntimeException>call(e -> e.echo("x"));
  }

  private PluginBundle bundle() {
    return changes.bundles().stream()
        .filter(bundle -> bundle.name().equals("echo"))
        .findFirst()
        .orElseThrow();
  }

  private List<String> versions() {
    return Stream.of(kernel.context().getBundles())
        .filter(bundle -> bundle.getSymbolicName().equals("echo"))
        .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
        .map(bundle -> bundle.getVersion().toString())
        .toList();
  }

  private Path winning() {
    return directory.resolve("root/bundles/echo.jar");
  }

  private List<String> files() throws IOException {
    Path bundles = directory.resolve("root/bundles");
    try (Stream<Path> files = Files.walk(bundles)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> bundles.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
