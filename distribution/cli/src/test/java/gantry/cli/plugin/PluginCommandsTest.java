// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.MessageLite;
import containerd.services.introspection.v1.IntrospectionGrpc;
import containerd.services.introspection.v1.PluginsResponse;
import gantry.cli.command.Console;
import gantry.cli.command.Json;
import gantry.cli.command.Program;
import gantry.cli.command.Word;
import gantry.errors.FailedPreconditionException;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import gantry.wire.PluginAdminWire;
import gantry.wire.PluginChangeWire;
import gantry.wire.PluginWire;
import io.gantry.admin.v1.BundlesResponse;
import io.gantry.admin.v1.ChangeResponse;
import io.gantry.admin.v1.GraphRequest;
import io.gantry.admin.v1.GraphResponse;
import io.gantry.admin.v1.HistoryResponse;
import io.gantry.admin.v1.JarRequest;
import io.gantry.admin.v1.ListPluginsResponse;
import io.gantry.admin.v1.NameRequest;
import io.gantry.admin.v1.PluginsGrpc;
import io.gantry.admin.v1.ReloadRequest;
import io.gantry.admin.v1.ReloadResponse;
import io.gantry.admin.v1.TrafficResponse;
import io.gantry.admin.v1.WhyRequest;
import io.gantry.admin.v1.WhyResponse;
import io.grpc.ServiceDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class PluginCommandsTest {
  private static final String DIGEST = "ab".repeat(32);
  private static final Instant THEN = Instant.parse("2026-02-03T04:05:06Z");
  private static final ChangeStep READ =
      new ChangeStep(ChangeStep.Name.READ, "2 plugins", Duration.ofMillis(3));
  private static final ChangeStep RESOLVE =
      new ChangeStep(ChangeStep.Name.RESOLVE, "12 imports are there", Duration.ofNanos(900_000));
  private static final PluginStatus STATUS =
      new PluginStatus(
          new PluginUri("io.x.y.v1", "z"),
          List.of(),
          List.of(),
          Map.of(),
          List.of(),
          PluginStatus.State.OK,
          null);
  private static final PluginDetail DETAIL =
      new PluginDetail(STATUS, false, THEN, "x.y", "1.2", "", List.of(), List.of(), "");

  @TempDir Path dir;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Map<String, Function<MessageLite, List<? extends MessageLite>>> answers =
      new HashMap<>();
  private List<ServiceDescriptor> services =
      List.of(PluginsGrpc.getServiceDescriptor(), IntrospectionGrpc.getServiceDescriptor());
  private List<MessageLite> requests = List.of();

  private static PluginChange change(PluginChange.Outcome outcome) {
    return new PluginChange(
        THEN,
        PluginChange.Kind.SWAP,
        "x.y",
        List.of("io.x.y.v1.z"),
        "1.2",
        "1.3",
        DIGEST,
        outcome,
        "");
  }

  private void changes(String method, PluginChange.Outcome outcome) {
    answers.put(
        method,
        request ->
            List.of(
                PluginChangeWire.answer(READ),
                PluginChangeWire.answer(RESOLVE),
                PluginChangeWire.answer(change(outcome))));
  }

  private int gantry(String... line) throws Exception {
    try (FakeDaemon daemon = new FakeDaemon(dir.resolve("s"), services, answers)) {
      Console console =
          new Console(
              InputStream.nullInputStream(),
              new PrintStream(out, false, StandardCharsets.UTF_8),
              new PrintStream(err, false, StandardCharsets.UTF_8));
      List<Word> words = List.of(Word.branch("plugins", "plugins", PluginCommands::words));
      List<String> all = new ArrayList<>(List.of("-a", daemon.socket().toString(), "plugins"));
      all.addAll(List.of(line));
      int code = new Program(words, console, Map.of()).run(all);
      requests = daemon.requests();
      return code;
    }
  }

  private List<String> printed() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private String complaint() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void swap_showsEachStep_thenWhatCameOfIt() throws Exception {
    changes("Swap", PluginChange.Outcome.DONE);

    assertThat(gantry("swap", "--force", "/tmp/../x.jar")).as(this::complaint).isZero();

    assertThat(printed())
        .containsExactly(
            "read     2 plugins  3 ms",
            "resolve  12 imports are there  900 us",
            "swap x.y 1.2 -> 1.3: done");
    JarRequest request = (JarRequest) requests.getFirst();
    assertThat(request.getLocation()).isEqualTo("/x.jar");
    assertThat(PluginChangeWire.decode(request.getFlags()))
        .isEqualTo(new ChangeOptions(false, true));
  }

  @Test
  void relativePath_isOurs() throws Exception {
    changes("Install", PluginChange.Outcome.REHEARSED);

    assertThat(gantry("install", "--dry-run", "sub/x.jar", "--sha256", "sha256:" + DIGEST))
        .as(this::complaint)
        .isZero();

    assertThat(printed()).last().asString().contains("would work; nothing was changed");
    JarRequest request = (JarRequest) requests.getFirst();
    assertThat(request.getLocation())
        .isEqualTo(Path.of("").toAbsolutePath().resolve("sub/x.jar").toString());
    assertThat(request.getSha256()).isEqualTo(DIGEST);
    assertThat(request.getFlags().getDryRun()).isTrue();
  }

  @Test
  void jarThatCannotBe_isRefusedBeforeTheDaemonIsAsked() throws Exception {
    assertThat(gantry("swap", "-")).isEqualTo(1);
    assertThat(gantry("swap", "https://host/x.jar")).isEqualTo(1);
    assertThat(gantry("swap", "--sha256", "abc", "/x.jar")).isEqualTo(1);
    assertThat(complaint().lines())
        .hasSize(3)
        .anyMatch(line -> line.contains("put it in a file"))
        .anyMatch(line -> line.contains("--sha256"))
        .anyMatch(line -> line.contains("64 hex digits"));
    assertThat(requests).isEmpty();
  }

  @Test
  void changeThatIsRefused_exitsWithOne() throws Exception {
    answers.put(
        "Rollback",
        request -> {
          throw new FailedPreconditionException("roll back x.y: no version before is kept");
        });

    assertThat(gantry("rollback", "io.x.y.v1.z")).isEqualTo(1);

    assertThat(complaint())
        .isEqualTo("gantry: roll back x.y: no version before is kept: failed precondition\n");
    assertThat(((NameRequest) requests.getFirst()).getName()).isEqualTo("io.x.y.v1.z");
  }

  @Test
  void change_isAnObjectALineForPrograms() throws Exception {
    changes("Remove", PluginChange.Outcome.DONE);

    assertThat(gantry("remove", "-o", "json", "x.y")).as(this::complaint).isZero();

    List<JsonNode> lines =
        printed().stream()
            .map(line -> Json.parse("line", line.getBytes(StandardCharsets.UTF_8)))
            .toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.getFirst().path("step").asText()).isEqualTo("read");
    assertThat(lines.getFirst().path("took_nanos").asLong()).isEqualTo(3_000_000);
    assertThat(lines.getLast().path("outcome").asText()).isEqualTo("done");
    assertThat(lines.getLast().path("plugins").get(0).asText()).isEqualTo("io.x.y.v1.z");
  }

  @Test
  void list_isThatOfCtr_andWiderIfAsked() throws Exception {
    answers.put(
        "Plugins",
        request ->
            List.of(PluginsResponse.newBuilder().addPlugins(PluginWire.encode(STATUS)).build()));
    answers.put(
        "List",
        request ->
            List.of(
                ListPluginsResponse.newBuilder()
                    .addPlugins(PluginAdminWire.encode(DETAIL))
                    .build()));

    assertThat(gantry("ls")).isZero();
    assertThat(gantry("ls", "--wide")).isZero();
    assertThat(printed().getFirst().split(" +"))
        .containsExactly("TYPE", "ID", "PLATFORMS", "STATUS");
    assertThat(printed().get(2).split(" +"))
        .containsExactly(
            "TYPE", "ID", "PLATFORMS", "STATUS", "VERSION", "BUNDLE", "SINCE", "PENDING");
    assertThat(printed().get(3)).contains("1.2", "x.y", "no");
    out.reset();
    assertThat(gantry("ls", "-o", "json")).isZero();
    JsonNode row = Json.parse("list", out.toByteArray()).get(0);
    assertThat(row.path("since").asText()).isEqualTo("2026-02-03T04:05:06Z");
    assertThat(row.path("pending").isBoolean()).isTrue();
  }

  @Test
  void listOfAnotherDaemon_isWithoutWhatOnlyGantryTells() throws Exception {
    services = List.of(IntrospectionGrpc.getServiceDescriptor());
    answers.put(
        "Plugins",
        request ->
            List.of(PluginsResponse.newBuilder().addPlugins(PluginWire.encode(STATUS)).build()));

    assertThat(gantry("ls", "-o", "json")).as(this::complaint).isZero();

    assertThat(Json.parse("list", out.toByteArray()).get(0).has("version")).isFalse();
  }

  @Test
  void history_isOfOnePluginIfAsked() throws Exception {
    PluginChange other =
        new PluginChange(
            THEN,
            PluginChange.Kind.INSTALL,
            "other",
            List.of(),
            "",
            "1",
            "",
            PluginChange.Outcome.REFUSED,
            "read: not a jar");
    answers.put(
        "History",
        request ->
            List.of(
                HistoryResponse.newBuilder()
                    .addChanges(PluginChangeWire.encode(change(PluginChange.Outcome.DONE)))
                    .addChanges(PluginChangeWire.encode(other))
                    .build()));

    assertThat(gantry("history")).isZero();
    assertThat(printed()).hasSize(3);
    assertThat(printed().get(1)).contains("swap", "x.y", "1.2", "1.3", "done");
    assertThat(printed().get(2)).contains("install", "-", "refused").endsWith("read: not a jar");
    out.reset();
    assertThat(gantry("history", "io.x.y.v1.z")).isZero();
    assertThat(printed()).hasSize(2);
  }

  @Test
  void whyAndGraph_arePrintedAsTheyCome() throws Exception {
    answers.put(
        "Why",
        request ->
            List.of(
                WhyResponse.newBuilder()
                    .setText(((WhyRequest) request).getPlugin() + "\nwaits\n")
                    .build()));
    answers.put(
        "Graph",
        request ->
            List.of(
                GraphResponse.newBuilder()
                    .setText(((GraphRequest) request).getFormat().name())
                    .build()));

    assertThat(gantry("why", "z")).isZero();
    assertThat(gantry("graph")).isZero();
    assertThat(gantry("graph", "--dot")).isZero();
    assertThat(gantry("graph", "--svg")).isZero();
    assertThat(printed()).containsExactly("z", "waits", "TREE", "DOT", "SVG");
    assertThat(gantry("graph", "--svg", "--dot")).isEqualTo(1);
  }

  @Test
  void reload_saysWhatDiffersAndWhenItCounts() throws Exception {
    answers.put(
        "Reload",
        request ->
            List.of(
                ReloadResponse.newBuilder()
                    .addDifferences(
                        PluginAdminWire.encode(
                            new ConfigDifference("a.b", "1", "2", ConfigDifference.Effect.LIVE)))
                    .addDifferences(
                        PluginAdminWire.encode(
                            new ConfigDifference(
                                "root", "'/a'", "", ConfigDifference.Effect.RESTART)))
                    .build()));

    assertThat(gantry("reload", "--dry-run")).isZero();
    assertThat(printed().get(1)).contains("a.b").endsWith("would be applied");
    assertThat(printed().get(2)).endsWith("at the next start of the daemon");
    assertThat(((ReloadRequest) requests.getFirst()).getDryRun()).isTrue();
    answers.put("Reload", request -> List.of(ReloadResponse.getDefaultInstance()));
    out.reset();
    assertThat(gantry("reload")).isZero();
    assertThat(printed()).isEmpty();
    assertThat(complaint()).isEqualTo("nothing differs\n");
  }

  @Test
  void bundlesAndTraffic_areListed() throws Exception {
    answers.put(
        "Bundles",
        request ->
            List.of(
                BundlesResponse.newBuilder()
                    .addBundles(
                        PluginAdminWire.encode(
                            new PluginBundle("b", "1", "active", PluginBundle.Origin.SHIPPED)))
                    .build()));
    answers.put(
        "Traffic",
        request ->
            List.of(
                TrafficResponse.newBuilder()
                    .addHandles(
                        PluginAdminWire.encode(
                            new HandleStatus(
                                "p",
                                "c",
                                1,
                                2,
                                3,
                                4,
                                5,
                                true,
                                Duration.ofMillis(6),
                                Duration.ofMillis(7))))
                    .build()));

    assertThat(gantry("bundles")).isZero();
    assertThat(printed().get(1).split(" +")).containsExactly("b", "1", "active", "shipped");
    assertThat(gantry("traffic")).isZero();
    assertThat(printed().getLast().split(" +"))
        .containsExactly("p", "c", "1", "2", "3", "4", "5", "open", "6", "ms", "7", "ms");
  }

  @Test
  void daemonThatEndsWithoutAWord_isAFailure() throws Exception {
    answers.put("Swap", request -> List.<ChangeResponse>of());

    assertThat(gantry("swap", "/x.jar")).isEqualTo(1);
    assertThat(complaint()).contains("ended without saying what came of it");
  }
}
