// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import gantry.boot.fixture.BundleBuilder;
import gantry.boot.fixture.Callers;
import gantry.boot.fixture.KernelFixture;
import gantry.boot.fixture.api.Echo;
import gantry.boot.fixture.bad.EndlessEcho;
import gantry.boot.fixture.bad.ForeignEcho;
import gantry.boot.fixture.bad.LackingEcho;
import gantry.boot.fixture.bad.SickEcho;
import gantry.boot.fixture.bad.StubbornEcho;
import gantry.boot.fixture.provider.EchoProvider;
import gantry.boot.fixture.provider.EchoUser;
import gantry.boot.fixture.provider.NoProbe;
import gantry.errors.GantryException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.Handle;
import gantry.plugins.HostProbe;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChange.Outcome;
import gantry.plugins.PluginChanges;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.osgi.framework.Bundle;

/** Each way a jar can be bad: what is said of it, and that nobody notices. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadJarsTest {
  private static final String PLUGIN = "test.echo.v1.plain";
  private static final String OTHER = "test.other.v1.plain";
  private static final String SERVICE =
      "<service><provide interface=\"gantry.boot.fixture.api.Echo\"/></service>";
  private static final String CHECKED =
      "<service><provide interface=\"gantry.boot.fixture.api.Echo\"/>"
          + "<provide interface=\"gantry.plugins.HealthCheck\"/></service>";
  private static final String ACTIVE = "deactivate=\"deactivate\" init=\"1\"";
  private static final String USER_REFERENCE =
      "<reference name=\"echo\" interface=\"gantry.plugins.Handle\" parameter=\"0\""
          + " target=\"(&amp;(contract=gantry.boot.fixture.api.Echo)(plugin=test.none.v1.x))\"/>";

  @TempDir static Path directory;
  private KernelFixture kernel;
  private PluginChanges changes;
  private Handle<Echo> handle;

  @BeforeAll
  void start() throws Exception {
    kernel =
        KernelFixture.start(
            directory, "version = 4\n[timeouts]\n'io.gantry.timeout.activation' = \"1s\"\n");
    changes = kernel.service(PluginChanges.class);
    changes.install(source(good("1.5.0").write(file("good"))), ChangeOptions.NONE, _ -> {});
    changes.install(
        source(
            new BundleBuilder("other")
                .plugin(OTHER, EchoProvider.class, ACTIVE, SERVICE)
                .component(NoProbe.class, HostProbe.class)
                .write(file("other"))),
        ChangeOptions.NONE,
        _ -> {});
    handle = kernel.echo(PLUGIN).orElseThrow();
  }

  @AfterAll
  void stop() throws Exception {
    System.setProperty(StubbornEcho.RELEASE, "now");
    kernel.close();
    System.clearProperty(StubbornEcho.RELEASE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("jars")
  void badJar_isRefusedByName_andNothingHasChanged(String kind, Maker maker, String sentence)
      throws Exception {
    BundleSource source = maker.make(file(kind.replace(' ', '-')));
    Map<String, String> before = state();
    int done = changes.history().size();
    try (Callers callers = new Callers(handle, 2)) {
      callers.awaitAnswers();

      GantryException refused =
          catchThrowableOfType(
              GantryException.class, () -> changes.swap(source, ChangeOptions.NONE, _ -> {}));

      assertThat(refused).hasMessageContaining(sentence);
      callers.awaitAnswers();
      assertThat(callers.failures()).isEmpty();
    }
    assertThat(state()).isEqualTo(before);
    List<PluginChange> history = changes.history();
    assertThat(history).hasSize(done + 1);
    assertThat(history.getLast().outcome()).isNotEqualTo(Outcome.DONE);
    assertThat(history.getLast().problem()).contains(sentence);
  }

  static Stream<Arguments> jars() {
    return Stream.concat(
        Stream.concat(notWhole(), unfit()), Stream.concat(misnamed(), notWorking()));
  }

  private static Stream<Arguments> notWhole() {
    return Stream.of(
        of("no file", jar -> source(jar), "no such file"),
        of("relative path", _ -> new BundleSource("x.jar", ""), "give the whole path"),
        of("directory", jar -> source(Files.createDirectory(jar)), "not a regular file"),
        of("empty file", jar -> source(Files.createFile(jar)), "the file is empty"),
        of("text", jar -> source(Files.writeString(jar, "hello, this is text")), "not a jar"),
        of("truncated", jar -> truncated(jar), "the jar is not whole"),
        of("flipped byte", jar -> flipped(jar), "the jar is damaged"),
        of(
            "other digest",
            jar -> new BundleSource(good("2.0.0").write(jar).toString(), "a".repeat(64)),
            "its sha256 is"),
        of(
            "url without digest",
            _ -> new BundleSource("http://127.0.0.1:1/x.jar", ""),
            "must come with its sha256"),
        of(
            "url nobody answers",
            _ -> new BundleSource("http://127.0.0.1:1/x.jar", "a".repeat(64)),
            "cannot be had"),
        of("bad digest", _ -> new BundleSource("http://127.0.0.1:1/x.jar", "12"), "is no sha256"));
  }

  private static Stream<Arguments> unfit() {
    return Stream.of(
        header("no bundle", "Bundle-ManifestVersion", "", "no Bundle-ManifestVersion 2"),
        header("no name", "Bundle-SymbolicName", "", "no Bundle-SymbolicName"),
        header("bad name", "Bundle-SymbolicName", "../echo", "is none: want letters"),
        header("no version", "Bundle-Version", "", "no Bundle-Version"),
        header("bad version", "Bundle-Version", "one", "\"one\" is none"),
        header("fragment", "Fragment-Host", "other", "it is a fragment of other"),
        header("exports", "Export-Package", "a.b;version=1", "it exports a.b"),
        header("requires a bundle", "Require-Bundle", "other", "it requires bundle other"),
        header("imports later", "DynamicImport-Package", "*", "it imports * when it is needed"),
        header(
            "optional import",
            "Import-Package",
            "gantry.plugins,a.b;resolution:=optional",
            "its import of a.b is optional"),
        header("no component", "Service-Component", "", "it holds no component"),
        header("no description", "Service-Component", "OSGI-INF/x.xml", "OSGI-INF/x.xml, which"),
        header(
            "kernel",
            "Bundle-SymbolicName",
            "gantry.kernel.boot",
            "bundle gantry.kernel.boot is no plugin"),
        header("not installed", "Bundle-SymbolicName", "stranger", "no bundle stranger to swap"));
  }

  private static Stream<Arguments> misnamed() {
    return Stream.of(
        of(
            "description that is no xml",
            jar -> source(good("2.0.0").description("OSGI-INF/y.xml", "<scr:component").write(jar)),
            "its component description OSGI-INF/y.xml cannot be read"),
        of(
            "two components with one uri",
            jar ->
                source(
                    good("2.0.0")
                        .description("OSGI-INF/y.xml", component(PLUGIN, PLUGIN))
                        .write(jar)),
            "two of its components say they are plugin " + PLUGIN),
        of(
            "uri of another bundle",
            jar ->
                source(good("2.0.0").plugin(OTHER, EchoProvider.class, ACTIVE, SERVICE).write(jar)),
            "plugin " + OTHER + " is in bundle other already"),
        of(
            "component named otherwise",
            jar ->
                source(
                    good("2.0.0")
                        .description("OSGI-INF/y.xml", component("x", "test.echo.v1.y"))
                        .write(jar)),
            "component x says it is plugin test.echo.v1.y"),
        of(
            "uri of no form",
            jar ->
                source(
                    good("2.0.0")
                        .description("OSGI-INF/y.xml", component("plain", "plain"))
                        .write(jar)),
            "plugin plain is misnamed"),
        of(
            "no implementation",
            jar ->
                source(
                    good("2.0.0")
                        .description(
                            "OSGI-INF/y.xml",
                            component("a.b", "a.b").replace(EchoProvider.class.getName(), "a.Gone"))
                        .write(jar)),
            "is implemented by class a.Gone, which the jar lacks"),
        of(
            "the same jar",
            jar -> source(Files.copy(file("good"), jar)),
            "it is the jar that already runs"),
        of("older", jar -> source(good("1.4.9").write(jar)), "it is older than 1.5.0, which runs"),
        of(
            "newer java",
            jar -> source(good("2.0.0").entry("a/B.class", ofJava(99)).write(jar)),
            "a/B.class is built for Java 99, this daemon runs Java"),
        of(
            "no class",
            jar -> source(good("2.0.0").entry("a/B.class", new byte[20]).write(jar)),
            "a/B.class is not a class file"));
  }

  private static Stream<Arguments> notWorking() {
    return Stream.of(
        of(
            "missing import",
            jar -> source(good("2.0.0").imports("no.such.thing").write(jar)),
            "it imports package no.such.thing, which the daemon does not have"),
        of(
            "import of newer version",
            jar -> source(good("2.0.0").imports("gantry.events;version=\"[9,10)\"").write(jar)),
            "it imports package gantry.events"),
        of(
            "import from a plugin",
            jar -> source(good("2.0.0").imports(NoProbe.class.getPackageName()).write(jar)),
            "which bundle other keeps for itself"),
        of(
            "unsound class",
            jar -> source(good("2.0.0").entry("a/B.class", unsound()).write(jar)),
            "class a.B is not sound"),
        of(
            "lacks a class",
            jar -> source(echo(LackingEcho.class, "", SERVICE).write(jar)),
            "needs class gantry.boot.fixture.bad.Left, which no bundle offers"),
        of(
            "another plugin's class",
            jar -> source(echo(ForeignEcho.class, "", SERVICE).write(jar)),
            NoProbe.class.getName() + ", which bundle other keeps for itself"),
        of(
            "constructor throws",
            jar ->
                source(
                    echo(
                            EchoProvider.class,
                            "init=\"1\"",
                            "<property name=\"fail\" value=\"yes\"/>" + SERVICE)
                        .write(jar)),
            PLUGIN + ": disk is broken"),
        of(
            "waits for another plugin",
            jar -> source(echo(EchoUser.class, "init=\"1\"", USER_REFERENCE).write(jar)),
            PLUGIN + ": waits for plugin test.none.v1.x: no such plugin is installed"),
        of(
            "activation hangs",
            jar -> source(echo(EndlessEcho.class, "", SERVICE).write(jar)),
            "its plugins were not active after 1 s; it is in " + EndlessEcho.class.getName()),
        of(
            "activation hangs and does not listen",
            jar -> source(echo(StubbornEcho.class, "", SERVICE).write(jar)),
            "its plugins were not active after 1 s; it is in " + StubbornEcho.class.getName()),
        sick("says", PLUGIN + " is not healthy: the disk is full"),
        sick("throws", "the health check of " + PLUGIN + " failed: no route to the disk"),
        sick("hangs", "the health check of " + PLUGIN + " did not answer within 5 s"));
  }

  /** Makes a jar in the file that is given. */
  @FunctionalInterface
  interface Maker {
    /** Makes it. */
    BundleSource make(Path jar) throws Exception;
  }

  private static Arguments of(String kind, Maker maker, String sentence) {
    return arguments(kind, maker, sentence);
  }

  private static Arguments header(String kind, String header, String value, String sentence) {
    return of(kind, jar -> source(good("2.0.0").header(header, value).write(jar)), sentence);
  }

  private static Arguments sick(String how, String sentence) {
    return of(
        "health check " + how,
        jar ->
            source(
                echo(
                        SickEcho.class,
                        "init=\"1\"",
                        "<property name=\"how\" value=\"" + how + "\"/>" + CHECKED)
                    .write(jar)),
        sentence);
  }

  private static BundleBuilder good(String version) {
    return new BundleBuilder("echo")
        .version(version)
        .plugin(PLUGIN, EchoProvider.class, ACTIVE, SERVICE);
  }

  private static BundleBuilder echo(Class<?> type, String attributes, String inner) {
    return new BundleBuilder("echo").version("2.0.0").plugin(PLUGIN, type, attributes, inner);
  }

  private static String component(String name, String plugin) {
    return """
    <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.4.0" name="%s">
      <property name="plugin" value="%s"/>
      <implementation class="%s"/>
    </scr:component>
    """
        .formatted(name, plugin, EchoProvider.class.getName());
  }

  private static BundleSource truncated(Path jar) throws IOException {
    byte[] whole = Files.readAllBytes(good("2.0.0").write(jar));
    return source(Files.write(jar, Arrays.copyOf(whole, whole.length - 40)));
  }

  /** A bit of a class is another one; the compressed data is as long as before. */
  private static BundleSource flipped(Path jar) throws IOException {
    byte[] bytes = Files.readAllBytes(good("2.0.0").write(jar));
    bytes[bytes.length / 2] ^= 1;
    return source(Files.write(jar, bytes));
  }

  private static byte[] ofJava(int release) throws IOException {
    byte[] bytes = anyClass();
    bytes[7] = (byte) (release + 44);
    return bytes;
  }

  /** A class that is said to have another name. */
  private static byte[] unsound() throws IOException {
    return anyClass();
  }

  private static byte[] anyClass() throws IOException {
    String path = NoProbe.class.getName().replace('.', '/') + ".class";
    try (InputStream in = BadJarsTest.class.getClassLoader().getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException(path);
      }
      return in.readAllBytes();
    }
  }

  private static Path file(String name) {
    return directory.resolve(name + ".jar");
  }

  private static BundleSource source(Path jar) {
    return new BundleSource(jar.toString(), "");
  }

  /** All bundles and all files that changes keep, but for the history. */
  private Map<String, String> state() throws IOException {
    Map<String, String> state = new TreeMap<>();
    for (Bundle bundle : kernel.context().getBundles()) {
      if (bundle.getState() == Bundle.ACTIVE) {
        state.put(bundle.getSymbolicName() + " " + bundle.getVersion(), "active");
      }
    }
    Path kept = directory.resolve("root/bundles");
    try (Stream<Path> files = Files.walk(kept)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("history.jsonl")) {
          state.put(
              kept.relativize(file).toString(),
              Files.isDirectory(file)
                  ? "directory"
                  : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
      }
    }
    return state;
  }
}
