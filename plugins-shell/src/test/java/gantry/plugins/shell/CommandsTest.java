// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.metadata.Metadata;
import gantry.metadata.StoreUsage;
import gantry.metadata.StoreUsage.Amount;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.LogLevels;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginTraffic;
import gantry.plugins.PluginUri;
import gantry.testkit.FixedHandle;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands as somebody types them, through Gogo. */
class CommandsTest {
  private static final Instant THEN = Instant.parse("2026-02-03T04:05:06.7Z");
  private static final String DIGEST = "ab".repeat(32);
  private static final PluginStatus STATUS =
      new PluginStatus(
          new PluginUri("io.x.y.v1", "z"),
          List.of(),
          List.of(),
          Map.of(),
          List.of(),
          PluginStatus.State.ERROR,
          "waits");

  @TempDir Path directory;
  private final Map<String, Function<Object[], @Nullable Object>> answers = new HashMap<>();
  private final FakeKernel kernel = new FakeKernel(answers);
  private final ThreadIOImpl threads = new ThreadIOImpl();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PluginCommands plugins =
      new PluginCommands(
          kernel.service(PluginInventory.class),
          kernel.service(PluginChanges.class),
          kernel.service(PluginSettings.class),
          kernel.service(PluginTraffic.class));
  private final DaemonCommands daemon =
      new DaemonCommands(kernel.service(LogLevels.class), kernel.service(PluginDirectories.class));
  private CommandSession session;

  @BeforeEach
  void start() {
    threads.start();
    CommandProcessorImpl processor = new CommandProcessorImpl(threads);
    for (String name : List.of("plugins", "bundles", "install", "update", "uninstall")) {
      processor.addCommand("gantry", plugins, name);
    }
    for (String name : List.of("df", "threads", "loglevel", "help")) {
      processor.addCommand("gantry", daemon, name);
    }
    PrintStream console = new PrintStream(out, true, StandardCharsets.UTF_8);
    session = processor.createSession(InputStream.nullInputStream(), console, console);
    for (String change : List.of("swap", "install", "rollback", "remove")) {
      answers.put(change, CommandsTest::change);
    }
    answers.put("plugins", arguments -> List.of(STATUS));
    answers.put("state", arguments -> directory);
  }

  @AfterEach
  void stop() {
    session.close();
    threads.stop();
  }

  @SuppressWarnings("unchecked")
  private static PluginChange change(Object[] arguments) {
    ((Consumer<ChangeStep>) arguments[2])
        .accept(new ChangeStep(ChangeStep.Name.READ, "one plugin", Duration.ofMillis(2)));
    boolean isDryRun = ((ChangeOptions) arguments[1]).dryRun();
    return new PluginChange(
        THEN,
        PluginChange.Kind.SWAP,
        "x.y",
        List.of("io.x.y.v1.z"),
        "1",
        "2",
        "",
        isDryRun ? PluginChange.Outcome.REHEARSED : PluginChange.Outcome.DONE,
        "");
  }

  private String typed(String line) throws Exception {
    out.reset();
    Object result = session.execute(line);
    String text = out.toString(StandardCharsets.UTF_8);
    return result == null ? text : text + session.format(result, Converter.INSPECT);
  }

  @Test
  void swap_printsItsSteps_thenWhatCameOfIt() throws Exception {
    assertThat(typed("plugins swap /tmp/x.jar --force --sha256 " + DIGEST))
        .isEqualTo("read     one plugin  2 ms\nswap x.y 1 -> 2: done");
    assertThat(kernel.calls().getFirst())
        .startsWith(
            "swap[%s, %s"
                .formatted(new BundleSource("/tmp/x.jar", DIGEST), new ChangeOptions(false, true)));
    assertThat(typed("update /tmp/x.jar --dry-run")).endsWith("would work; nothing was changed");
  }

  @Test
  void shortForms_areTheSameAsTheLong() throws Exception {
    typed("install https://host/x.jar --sha256=" + DIGEST);
    typed("uninstall x.y");
    typed("plugins rm x.y --force");
    typed("plugins rollback io.x.y.v1.z");
    assertThat(kernel.calls())
        .satisfiesExactly(
            call -> assertThat(call).startsWith("install[").contains("https://host/x.jar", DIGEST),
            call -> assertThat(call).startsWith("remove[x.y, "),
            call -> assertThat(call).startsWith("remove[x.y, ").contains("force=true"),
            call -> assertThat(call).startsWith("rollback[io.x.y.v1.z, "));
  }

  @Test
  void mistakes_areExplained() {
    assertThatThrownBy(() -> typed("plugins swap x.jar"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("whole path");
    assertThatThrownBy(() -> typed("plugins swap"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("want one FILE or URL");
    assertThatThrownBy(() -> typed("plugins swap /x.jar --fast"))
        .hasMessageContaining("unknown option --fast");
    assertThatThrownBy(() -> typed("plugins dance"))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("want one of ls, swap");
    assertThat(kernel.calls()).isEmpty();
  }

  @Test
  void listings_showWhatTheKernelKnows() throws Exception {
    answers.put(
        "details",
        arguments ->
            List.of(
                new PluginDetail(STATUS, true, THEN, "x.y", "1.2", "", List.of(), List.of(), "")));
    answers.put(
        "bundles",
        arguments -> List.of(new PluginBundle("b", "1", "active", PluginBundle.Origin.INSTALLED)));
    answers.put(
        "history",
        arguments ->
            List.of(
                change(new Object[] {"", ChangeOptions.NONE, (Consumer<ChangeStep>) step -> {}})));
    answers.put(
        "handles",
        arguments ->
            List.of(
                new HandleStatus(
                    "p", "c", 1, 9, 3, 4, 5, true, Duration.ofMillis(6), Duration.ZERO)));
    answers.put(
        "reload",
        arguments -> List.of(new ConfigDifference("k", "1", "", ConfigDifference.Effect.LIVE)));
    assertThat(typed("plugins").lines().toList().get(1).split(" +"))
        .containsExactly("io.x.y.v1", "z", "error", "waits");
    assertThat(typed("plugins --wide")).contains("pending", "1.2", "2026-02-03T04:05:06Z");
    assertThat(typed("plugins bundles")).isEqualTo(typed("bundles")).contains("installed");
    assertThat(typed("plugins history io.x.y.v1.z")).contains("swap", "done");
    assertThat(typed("plugins history other").lines()).hasSize(1);
    assertThat(typed("plugins traffic")).contains("1/9", "open", "6 ms");
    assertThat(typed("plugins reload --dry-run")).contains("would be applied");
  }

  @Test
  void guide_isAskedWhenItIsThere() throws Exception {
    assertThatThrownBy(() -> typed("plugins why z"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("gantry.plugins.explain");
    answers.put("why", arguments -> "because of " + arguments[0] + "\n");
    answers.put("graph", arguments -> "as " + arguments[0]);
    plugins.bindGuide(FixedHandle.of(kernel.service(PluginGuide.class)));
    assertThat(typed("plugins why z")).isEqualTo("because of z");
    assertThat(typed("plugins graph --svg")).isEqualTo("as SVG");
    assertThat(typed("plugins graph")).isEqualTo("as TREE");
  }

  @Test
  void df_countsWhatIsStored() throws Exception {
    assertThatThrownBy(() -> typed("df")).isInstanceOf(UnavailableException.class);
    answers.put(
        "usage",
        arguments ->
            new StoreUsage(
                new Amount(2, 3_500_000, 10),
                new TreeMap<>(Map.of("overlayfs", new Amount(1, 5, 0))),
                Amount.NONE,
                Amount.NONE));
    daemon.bindMetadata(FixedHandle.of(kernel.service(Metadata.class)));
    assertThat(typed("df")).contains("3.5MB", "snapshots overlayfs");
  }

  @Test
  void threads_showsVirtualOnesToo() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Thread waiting =
        Thread.ofVirtual()
            .name("shell-test-7")
            .start(
                () -> {
                  begun.countDown();
                  awaitQuietly(mayEnd);
                });
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    try {
      assertThat(typed("threads")).contains("platform", "shell-test-*");
      assertThat(typed("threads shell-test")).contains("shell-test-7 (virtual");
      assertThat(typed("threads nosuchname")).contains("no thread has");
    } finally {
      mayEnd.countDown();
      waiting.join();
    }
    assertThat(directory).isEmptyDirectory();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void loglevel_showsAndSets() throws Exception {
    answers.put("levels", arguments -> Map.of("root", "info"));
    assertThat(typed("loglevel")).contains("root", "info");
    assertThat(typed("loglevel debug")).isEqualTo("root debug");
    assertThat(typed("loglevel a.b warn")).isEqualTo("a.b warn");
    assertThat(kernel.calls()).contains("set[root, debug]", "set[a.b, warn]");
  }

  @Test
  void help_listsAllAndExplainsEach() throws Exception {
    assertThat(typed("help").lines())
        .anyMatch(line -> line.startsWith("plugins swap FILE|URL "))
        .anyMatch(line -> line.startsWith("df "));
    assertThat(typed("help plugins swap")).contains("--sha256").doesNotContain("rollback");
    assertThat(typed("help plugins")).contains("rollback");
    assertThatThrownBy(() -> typed("help 'x; exit'")).hasMessageContaining("no such command");
  }
}
