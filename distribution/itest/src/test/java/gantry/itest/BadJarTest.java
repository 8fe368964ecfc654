// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jars that cannot take over are refused with the cause, and whom they were to replace serves on.
 */
class BadJarTest {
  private static final String OPENING = "    directories = SnapshotDirectories.create(root);";

  @TempDir static Path home;

  private static Daemon daemon;
  private static Shell shell;

  @BeforeAll
  static void start() throws Exception {
    Path config =
        Files.writeString(
            home.resolve("config.toml"),
            """
            version = 4
            [timeouts]
            "io.gantry.timeout.activation" = "2s"
            """);
    daemon = Daemon.gantry(home.resolve("daemon"), "-c", config.toString()).start();
    shell = daemon.shell(Map.of());
    Shell.Result installed = plugins("install", good("1.5.0").jar(home));
    assertThat(installed.exitCode()).as(installed.all()).isZero();
  }

  @AfterAll
  static void stop() {
    daemon.close();
  }

  private static FixtureSnapshotter good(String version) {
    return FixtureSnapshotter.named("solid", version);
  }

  /** A bad jar and words that the refusal must have. */
  private record Bad(String name, Maker maker, List<String> words) {}

  private interface Maker {
    Path make(Path directory) throws IOException;
  }

  private static List<Bad> bad() {
    FixtureSnapshotter next = good("1.6.0");
    return List.of(
        new Bad(
            "not a jar", at -> Files.writeString(at.resolve("x.jar"), "hello"), List.of("x.jar")),
        new Bad("truncated", BadJarTest::truncated, List.of("solid")),
        new Bad("not there", at -> at.resolve("nothing.jar"), List.of("nothing.jar")),
        new Bad("of a newer Java", BadJarTest::ofNewerJava, List.of("Java")),
        new Bad(
            "missing import",
            header(next, "Import-Package", "no.such.thing"),
            List.of("no.such.thing")),
        new Bad(
            "of another plugin's package",
            header(next, "Import-Package", "gantry.plugins.snapshotter.overlay"),
            List.of("gantry.plugins.snapshotter.overlay")),
        new Bad(
            "exports",
            header(next, "Export-Package", "fixture.solid"),
            List.of("fixture.solid", "export")),
        new Bad("older", good("1.4.0")::jar, List.of("older", "1.5.0")),
        new Bad(
            "one URI twice",
            header(next, "Service-Component", next.description() + ",OSGI-INF/again.xml"),
            List.of(next.uri())),
        new Bad(
            "constructor throws",
            next.replacing(
                    OPENING,
                    OPENING + "if (root != null) throw new IOException(\"no luck today\");")
                ::jar,
            List.of("no luck today")),
        new Bad(
            "activation hangs",
            next.replacing(
                    OPENING,
                    OPENING
                        + "if (root != null) for (;;) {"
                        + " java.util.concurrent.locks.LockSupport.park(); }")
                ::jar,
            List.of(next.uri())),
        new Bad(
            "sick",
            next.replacing(
                        "implements Snapshotter,",
                        "implements gantry.plugins.HealthCheck, Snapshotter,")
                    .replacing(
                        "  @Override\n  @Deactivate",
                        "  @Override public Optional<String> problem() { return Optional.of(\"the"
                            + " disk is upside down\"); }\n"
                            + "  @Override\n"
                            + "  @Deactivate")
                    .offering("gantry.plugins.HealthCheck")
                ::jar,
            List.of("the disk is upside down")),
        new Bad(
            "class is missing",
            BadJarTest::withoutItsClass,
            List.of("fixture.solid.FixtureSnapshotter")));
  }

  private static Maker header(FixtureSnapshotter fixture, String name, String value) {
    return fixture.header(name, value)::jar;
  }

  private static Path truncated(Path at) throws IOException {
    Path jar = good("1.6.0").jar(at);
    byte[] all = Files.readAllBytes(jar);
    return Files.write(jar, Arrays.copyOf(all, all.length / 2));
  }

  private static Path withoutItsClass(Path at) throws IOException {
    Path jar = good("1.6.0").jar(at);
    return changed(jar, "FixtureSnapshotter.class", "Elsewhere.class");
  }

  private static Path changed(Path jar, String entry, String renamed) throws IOException {
    try (var files = java.nio.file.FileSystems.newFileSystem(jar)) {
      Path from = files.getPath("fixture/solid", entry);
      Files.move(from, from.resolveSibling(renamed));
    }
    return jar;
  }

  private static Path ofNewerJava(Path at) throws IOException {
    Path jar = good("1.6.0").jar(at);
    try (var files = java.nio.file.FileSystems.newFileSystem(jar)) {
      Path path = files.getPath("fixture/solid/FixtureSnapshotter.class");
      byte[] bytes = Files.readAllBytes(path);
      bytes[7] = 99; // the major version
      Files.write(path, bytes);
    }
    return jar;
  }

  @TestFactory
  List<DynamicTest> jar_thatIsBad_isRefusedWithTheCause() {
    AtomicInteger number = new AtomicInteger();
    return bad().stream()
        .map(
            bad ->
                DynamicTest.dynamicTest(
                    bad.name(), () -> assertRefused(bad, number.incrementAndGet())))
        .toList();
  }

  private static void assertRefused(Bad bad, int number) throws Exception {
    Path jar = bad.maker().make(Files.createDirectory(home.resolve("bad" + number)));
    Process client = shell.start("while ctr snapshots --snapshotter solid ls; do :; done");
    Shell.Result refused = plugins("swap", jar);
    assertThat(client.isAlive()).as("the old one serves meanwhile").isTrue();
    client.destroy();
    client.waitFor();
    System.out.println(bad.name() + ": " + refused.all().strip());

    assertThat(refused.exitCode()).as(refused.all()).isNotZero();
    assertThat(refused.all()).contains(bad.words()).doesNotContain("\tat ");
    assertThat(version()).isEqualTo("1.5.0");
    Shell.Result after = shell.bash("ctr snapshots --snapshotter solid ls");
    assertThat(after.exitCode()).as(after.all()).isZero();
  }

  private static String version() {
    return shell
        .bash("gantry plugins bundles | awk '$1 == \"fixture.solid\" {print $2}'")
        .output()
        .strip();
  }

  @Test
  void swap_ofABundleThatIsNotThere_saysInstall() throws Exception {
    Path jar = FixtureSnapshotter.named("unknown", "1.0.0").jar(home);

    Shell.Result refused = plugins("swap", jar);

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.all()).contains("fixture.unknown").contains("install");
  }

  @Test
  void install_ofAPluginThatAnotherBundleHas_isRefused() throws Exception {
    Path jar = FixtureSnapshotter.named("overlayfs", "1.0.0").jar(home);

    Shell.Result refused = plugins("install", jar);

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.all())
        .contains("io.containerd.snapshotter.v1.overlayfs")
        .contains("gantry.plugins.snapshotter.overlay");
  }

  private static Shell.Result plugins(String verb, Path jar) {
    return shell.run(
        List.of(
            Daemon.installed().resolve("bin/gantry").toString(), "plugins", verb, jar.toString()));
  }
}
