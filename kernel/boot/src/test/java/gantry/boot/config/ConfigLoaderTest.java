// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir Path directory;

  @Test
  void load_ofFileWithThreeErrors_reportsAllWithTheirLines() throws IOException {
    Path file =
        write(
            "config.toml",
            """
            version = 4
            root = 7
            oom_score = "much"

            [debug]
              level = "loud"
            """);

    ConfigException error = refused(file);

    assertThat(error.problems())
        .extracting(Problem::line, Problem::message)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(2, "\"root\" must be a string, not 7"),
            org.assertj.core.groups.Tuple.tuple(
                3, "\"oom_score\" must be a whole number, not much"),
            org.assertj.core.groups.Tuple.tuple(
                6,
                "\"debug.level\" must be one of trace, debug, info, warn, error, fatal, panic,"
                    + " not loud"));
  }

  @Test
  void load_ofMalformedLines_reportsEachOfThemAndWhatElseIsWrong() throws IOException {
    Path file =
        write(
            "config.toml",
            """
            version = 4
            root = /var/lib
            state = "/run/x"
            temp == "/tmp"
            oom_score = "x"
            """);

    assertThat(refused(file).problems()).extracting(Problem::line).containsExactly(2, 4, 5);
  }

  @Test
  void load_ofUnknownVersion_isRefused() throws IOException {
    ConfigException error = refused(write("config.toml", "\nversion = 9\n"));

    assertThat(error).hasMessageContaining("config.toml:2: version 9 is not known: want 1 to 4");
  }

  @Test
  void load_ofMissingFileThatWasAskedFor_isRefused() {
    assertThat(refused(directory.resolve("none.toml"))).hasMessageContaining("no such file");
  }

  @Test
  void load_ofUnknownKeys_warnsAndGoesOn() throws Exception {
    Path file = write("config.toml", "version = 4\nrooot = \"/x\"\n[debug]\nlevl = \"info\"\n");

    DaemonConfig config = ConfigLoader.load(flags(file));

    assertThat(config.warnings())
        .extracting(Problem::message)
        .containsExactlyInAnyOrder(
            "unknown key \"rooot\" is ignored", "unknown key \"debug.levl\" is ignored");
    assertThat(config.root()).isEqualTo(Path.of("/var/lib/gantry"));
  }

  @Test
  void load_ofPluginTable_isHeldAgainstWhatThePluginDeclares() throws Exception {
    write(
        "lib/gantry/plugins.toml",
        "[plugins.'io.containerd.gc.v1.scheduler']\nmutation_threshold = 100\n");
    Path file =
        write(
            "config.toml",
            """
            version = 4
            [plugins."io.containerd.gc.v1.scheduler"]
              mutation_threshold = "many"
            """);

    Flags flags = new Flags(directory, file.toString(), null, null, null, null, null);

    assertThat(
            catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(flags)).problems())
        .extracting(Problem::line)
        .containsExactly(3);
  }

  @Test
  void load_ofVersion2_movesServersAndSplitsTables() throws Exception {
    Path file =
        write(
            "config.toml",
            """
            version = 2
            disabled_plugins = ["io.containerd.grpc.v1.cri"]
            [grpc]
              address = "/run/a.sock"
              gid = 5
            [debug]
              address = "/run/debug.sock"
              level = "debug"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "pause:1"
              stream_server_port = "10010"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "native"
                default_runtime_name = "kata"
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "/cni"
            [plugins."io.containerd.internal.v1.restart"]
              interval = "5s"
            """);

    DaemonConfig config = ConfigLoader.load(flags(file));

    assertThat(config.address()).isEqualTo(Path.of("/run/a.sock"));
    assertThat(config.level()).isEqualTo("debug");
    assertThat(config.disabled()).containsExactly("io.containerd.grpc.v1.cri");
    assertThat(config.plugin("io.containerd.server.v1.grpc")).containsEntry("gid", 5L);
    assertThat(config.plugin("io.containerd.server.v1.ttrpc"))
        .containsEntry("address", "/run/a.sock.ttrpc")
        .containsEntry("gid", 5L);
    assertThat(config.plugin("io.containerd.server.v1.debug"))
        .containsEntry("address", "/run/debug.sock");
    assertThat(config.plugin("io.containerd.cri.v1.images"))
        .containsEntry("pinned_images", Map.of("sandbox", "pause:1"))
        .containsEntry("snapshotter", "native");
    assertThat(config.plugin("io.containerd.cri.v1.runtime"))
        .containsEntry("containerd", Map.of("default_runtime_name", "kata"))
        .containsEntry("cni", Map.of("bin_dirs", List.of("/cni")));
    assertThat(config.plugin("io.containerd.grpc.v1.cri"))
        .isEqualTo(Map.of("stream_server_port", "10010"));
    assertThat(config.plugin("io.containerd.monitor.container.v1.restart"))
        .containsEntry("interval", "5s");
  }

  @Test
  void load_ofVersion3_movesServersOnly() throws Exception {
    Path file =
        write(
            "config.toml",
            """
            version = 3
            [grpc]
              tcp_address = "127.0.0.1:1"
              max_recv_message_size = 1024
            [metrics]
              address = "127.0.0.1:2"
            """);

    DaemonConfig config = ConfigLoader.load(flags(file));

    assertThat(config.plugin("io.containerd.server.v1.grpc"))
        .containsEntry("max_recv_message_size", 1024L)
        .containsEntry("address", "/run/gantry/gantry.sock");
    assertThat(config.plugin("io.containerd.server.v1.grpc-tcp"))
        .containsEntry("address", "127.0.0.1:1");
    assertThat(config.plugin("io.containerd.server.v1.metrics"))
        .containsEntry("address", "127.0.0.1:2");
  }

  @Test
  void load_ofNoVersion_readsShortNames() throws Exception {
    Path file =
        write(
            "config.toml",
            "disabled_plugins = [\"cri\", \"diff-service\"]\n[plugins.scheduler]\nx = 1\n");

    DaemonConfig config = ConfigLoader.load(flags(file));

    assertThat(config.disabled())
        .containsExactly("io.containerd.grpc.v1.cri", "io.containerd.service.v1.diff-service");
    assertThat(config.plugin("io.containerd.gc.v1.scheduler")).containsEntry("x", 1L);
  }

  @Test
  void load_ofImports_laysLaterFilesOverEarlierOnes() throws Exception {
    write(
        "conf.d/10.toml",
        """
        version = 4
        oom_score = 10
        required_plugins = ["a.v1.b"]
        imports = ["../more.toml"]
        """);
    write(
        "conf.d/20.toml",
        """
        version = 3
        oom_score = 0
        [grpc]
          address = "/run/20.sock"
        [plugins."a.v1.b"]
          list = ["y"]
          kept = false
        """);
    write(
        "more.toml",
        "version = 4\nroot = \"/more\"\nrequired_plugins = [\"a.v1.b\", \"a.v1.c\"]\n");
    Path file =
        write(
            "config.toml",
            """
            version = 4
            root = "/first"
            imports = ["conf.d/*.toml"]
            [plugins."a.v1.b"]
              list = ["x"]
              kept = true
              other = 1
            """);

    DaemonConfig config = ConfigLoader.load(flags(file));

    assertThat(config.root()).isEqualTo(Path.of("/more"));
    assertThat(config.tree()).containsEntry("oom_score", 10L);
    assertThat(config.required()).containsExactly("a.v1.b", "a.v1.c");
    assertThat(config.address()).isEqualTo(Path.of("/run/20.sock"));
    assertThat(config.plugin("a.v1.b"))
        .isEqualTo(Map.of("list", List.of("y"), "kept", false, "other", 1L));
  }

  @Test
  void load_ofErrorsInTwoFiles_reportsBoth() throws IOException {
    write("a.toml", "version = 4\nroot = 1\n");
    Path file =
        write("config.toml", "version = 4\nstate = 1\nimports = [\"a.toml\", \"b.toml\"]\n");

    assertThat(refused(file).problems())
        .extracting(problem -> String.valueOf(problem.file().getFileName()))
        .containsExactly("config.toml", "a.toml", "b.toml");
  }

  @Test
  void load_withFlags_prefersThem() throws Exception {
    Path file = write("config.toml", "version = 4\nroot = \"/file\"\n[debug]\nlevel = \"warn\"\n");

    DaemonConfig config =
        ConfigLoader.load(
            new Flags(null, file.toString(), "/x.sock", "/flag", "/state", "trace", null));

    assertThat(config.root()).isEqualTo(Path.of("/flag"));
    assertThat(config.state()).isEqualTo(Path.of("/state"));
    assertThat(config.level()).isEqualTo("trace");
    assertThat(config.address()).isEqualTo(Path.of("/x.sock"));
    assertThat(config.plugin("io.containerd.server.v1.ttrpc"))
        .containsEntry("address", "/x.sock.ttrpc");
  }

  @Test
  void rebuild_servesNobodyAndCollectsNothing() throws Exception {
    Path file =
        write(
            "config.toml", "version = 4\nrequired_plugins = [\"io.containerd.server.v1.grpc\"]\n");

    DaemonConfig config =
        ConfigLoader.load(new Flags(null, file.toString(), null, null, null, null, "hashes"));

    assertThat(config.plugin("io.containerd.metadata.v1.bolt")).containsEntry("rebuild", "hashes");
    assertThat(config.disabled())
        .contains("io.containerd.server.v1.grpc", "io.containerd.gc.v1.scheduler");
    assertThat(config.required()).isEmpty();
  }

  @Test
  void timeouts_areDurations() throws Exception {
    Path file =
        write(
            "config.toml", "version = 4\n[timeouts]\na = \"1m30.5s\"\nb = \"0\"\nc = \"100ms\"\n");

    assertThat(ConfigLoader.load(flags(file)).timeouts())
        .containsEntry("a", Duration.ofMillis(90_500))
        .containsEntry("b", Duration.ZERO)
        .containsEntry("c", Duration.ofMillis(100));
  }

  @Test
  void write_ofDefaults_readsBackAsTheSame() throws Exception {
    String text = TomlWriter.write(ConfigLoader.defaults(null).tree());

    DaemonConfig config = ConfigLoader.load(flags(write("config.toml", text)));

    assertThat(config.warnings()).isEmpty();
    assertThat(TomlWriter.write(config.tree())).isEqualTo(text);
  }

  private ConfigException refused(Path file) {
    return catchThrowableOfType(ConfigException.class, () -> ConfigLoader.load(flags(file)));
  }

  private static Flags flags(Path file) {
    return new Flags(null, file.toString(), null, null, null, null, null);
  }

  private Path write(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }
}
