// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.Eventually;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.plugins.ChangeOptions;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Kind;
import gantry.plugins.PluginChange.Outcome;
import gantry.plugins.PluginChanges;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropInTest {
  private static final String PLUGIN = "test.echo.v1.plain";
  private static final String SERVICE =
      "<service><provide interface=\"gantry.boot.fixture.api.Echo\"/></service>";

  @TempDir Path directory;
  private KernelFixture kernel;
  private PluginChanges changes;

  @BeforeEach
  void start() throws Exception {
    kernel = KernelFixture.start(directory, "version = 4\n");
    changes = kernel.service(PluginChanges.class);
    kernel.requireReady();
  }

  @AfterEach
  void stop() throws Exception {
    kernel.close();
  }

  @Test
  void droppedJar_servesWithinASecond_isSwappedAndRemoved() throws Exception {
    drop("echo.jar", "1.0.0");
    assertThat(Eventually.until(() -> runs("1.0.0"))).isLessThan(5_000_000_000L);
    assertThat(kernel.echo(PLUGIN)).isPresent();

    drop("echo.jar", "2.0.0");
    Eventually.until(() -> runs("2.0.0"));

    Files.delete(dropped("echo.jar"));
    Eventually.until(() -> running().isEmpty());
    assertThat(changes.history())
        .extracting(PluginChange::kind)
        .containsExactly(Kind.INSTALL, Kind.SWAP, Kind.REMOVE);
  }

  @Test
  void newerFileBesideOlder_isSwapped_andTheOlderMayGo() throws Exception {
    drop("echo-1.jar", "1.0.0");
    Eventually.until(() -> runs("1.0.0"));
    drop("echo-2.jar", "2.0.0");
    Eventually.until(() -> runs("2.0.0"));

    Files.delete(dropped("echo-1.jar"));
    drop("other.jar", "0.0.1", "other");

    Eventually.until(() -> changes.history().size() == 3);
    assertThat(runs("2.0.0")).isTrue();
  }

  @Test
  void halfCopiedFile_isTakenWhenItIsWhole() throws Exception {
    byte[] jar = Files.readAllBytes(jar("1.0.0", "echo"));
    Path target = dropped("echo.jar");
    Files.write(target, Arrays.copyOf(jar, jar.length / 2));
    drop("other.jar", "1.0.0", "other");
    Eventually.until(() -> changes.history().size() == 1);
    assertThat(running()).isEmpty();

    try (OutputStream rest = Files.newOutputStream(target, StandardOpenOption.APPEND)) {
      rest.write(jar, jar.length / 2, jar.length - jar.length / 2);
    }

    Eventually.until(() -> runs("1.0.0"));
  }

  @Test
  void badJar_isTriedOnceAndAgainWhenItChanges() throws Exception {
    drop("echo.jar", "2.0.0");
    Eventually.until(() -> runs("2.0.0"));
    drop("echo.jar", "1.0.0");
    Eventually.until(() -> changes.history().getLast().outcome() == Outcome.REFUSED);
    drop("other.jar", "1.0.0", "other");
    Eventually.until(() -> changes.history().getLast().outcome() == Outcome.DONE);

    assertThat(changes.history()).hasSize(3);
    assertThat(runs("2.0.0")).isTrue();

    drop("echo.jar", "3.0.0");
    Eventually.until(() -> runs("3.0.0"));
  }

  @Test
  void afterARestart_whatWasTakenIsNotTakenAgain_andWhatWentIsRemoved() throws Exception {
    drop("echo.jar", "1.0.0");
    Eventually.until(() -> runs("1.0.0"));
    drop("echo.jar", "2.0.0");
    Eventually.until(() -> runs("2.0.0"));
    changes.rollback("echo", ChangeOptions.NONE, _ -> {});
    drop("gone.jar", "1.0.0", "gone");
    Path record = directory.resolve("root/bundles/dropped.json");
    Eventually.until(() -> Files.readString(record).contains("gone.jar"));
    kernel.close();
    Files.delete(dropped("gone.jar"));

    kernel = KernelFixture.start(directory, "version = 4\n");
    changes = kernel.service(PluginChanges.class);
    for (String name : List.of("echo", "gone")) {
      kernel.install(directory.resolve("root/bundles/" + name + ".jar")).start();
    }
    kernel.requireReady();
    Eventually.until(() -> changes.history().size() == 5);

    assertThat(changes.history().getLast().bundle()).isEqualTo("gone");
    assertThat(changes.history().getLast().kind()).isEqualTo(Kind.REMOVE);
    assertThat(runs("1.0.0")).isTrue();
  }

  private void drop(String file, String version) throws IOException {
    drop(file, version, "echo");
  }

  private void drop(String file, String version, String name) throws IOException {
    Files.move(jar(version, name), dropped(file), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path jar(String version, String name) throws IOException {
    return new BundleBuilder(name)
        .version(version)
        .plugin(
            name.equals("echo") ? PLUGIN : "test.echo.v1." + name,
            EchoProvider.class,
            "deactivate=\"deactivate\" init=\"1\"",
            SERVICE)
        .write(directory.resolve("made.jar"));
  }

  private Path dropped(String file) {
    return directory.resolve("root/plugins").resolve(file);
  }

  private boolean runs(String version) {
    return running().equals(List.of(version)) && bundleIsWinning();
  }

  /** A change is over for good when its record is there, too. */
  private boolean bundleIsWinning() {
    return Files.exists(directory.resolve("root/bundles/dropped.json"));
  }

  private List<String> running() {
    return changes.bundles().stream()
        .filter(bundle -> bundle.name().equals("echo"))
        .map(PluginBundle::version)
        .toList();
  }
}
