// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.cli.command.Command;
import gantry.cli.command.Console;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Program;
import gantry.cli.command.UsageException;
import gantry.cli.command.Word;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SpecTest {
  @Test
  void image_givesCommandEnvironmentAndDirectory() {
    JsonNode process = spec().path("process");
    assertThat(process.path("args")).hasToString("[\"/init\",\"serve\"]");
    assertThat(process.path("env")).hasToString("[\"PATH=/bin\",\"A=1\"]");
    assertThat(process.path("cwd").asText()).isEqualTo("/srv");
    assertThat(process.path("noNewPrivileges").asBoolean()).isTrue();
  }

  @Test
  void options_winOverImage() {
    JsonNode spec =
        spec("--env", "A=2", "--env", "PATH", "--cwd", "/", "-t", "--read-only", "img", "id", "sh");
    JsonNode process = spec.path("process");
    assertThat(process.path("args")).hasToString("[\"sh\"]");
    assertThat(process.path("env")).hasToString("[\"A=2\",\"TERM=xterm\"]");
    assertThat(process.path("terminal").asBoolean()).isTrue();
    assertThat(spec.path("root").path("readonly").asBoolean()).isTrue();
    assertThat(spec.path("linux").path("cgroupsPath").asText()).isEqualTo("/ns/id");
  }

  @Test
  void limits_becomeResources() {
    JsonNode resources =
        spec("--memory-limit", "1000", "--cpus", "1.5", "img", "id")
            .path("linux")
            .path("resources");
    assertThat(resources.path("memory").path("limit").asLong()).isEqualTo(1000);
    assertThat(resources.path("cpu"))
        .hasToString("{\"shares\":1024,\"quota\":150000,\"period\":100000}");
  }

  @Test
  void netHost_leavesTheNetworkNamespaceOut() {
    JsonNode spec = spec("--net-host", "img", "id");
    assertThat(spec.path("linux").path("namespaces").toString()).doesNotContain("network");
    assertThat(spec.path("mounts").toString()).contains("/etc/resolv.conf");
  }

  @Test
  void mount_isReadAndItsMistakesAreNamed() {
    assertThat(MountOption.parse("type=bind,src=/a,dst=/b,options=rbind:ro"))
        .hasToString(
            "{\"type\":\"bind\",\"source\":\"/a\",\"destination\":\"/b\",\"options\":[\"rbind\",\"ro\"]}");
    assertThatThrownBy(() -> MountOption.parse("typ=bind,dst=/b"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("\"typ\"");
    assertThatThrownBy(() -> MountOption.parse("type=bind,src=/a"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("dst");
  }

  @Test
  void capabilities_areAddedDroppedAndChecked() {
    assertThat(
            Capabilities.changed(
                List.of("CAP_CHOWN"), List.of("CAP_NET_ADMIN"), List.of("CAP_CHOWN")))
        .containsExactly("CAP_NET_ADMIN");
    assertThatThrownBy(() -> Capabilities.changed(List.of(), List.of("NET_ADMIN"), List.of()))
        .isInstanceOf(UsageException.class);
  }

  private static JsonNode spec(String... line) {
    List<String> full = new ArrayList<>(List.of("probe"));
    full.addAll(line.length == 0 ? List.of("img", "id") : List.of(line));
    List<JsonNode> made = new ArrayList<>();
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Console console = new Console(InputStream.nullInputStream(), nowhere, nowhere);
    int code =
        new Program(List.of(Word.leaf("probe", "probes", () -> new Probe(made))), console, Map.of())
            .run(full);
    assertThat(code).isZero();
    return made.getFirst();
  }

  /** Builds a specification and keeps it. */
  private record Probe(List<JsonNode> made) implements Command {
    private static final String IMAGE =
        """
        {"Env":["PATH=/bin","A=1"],"Entrypoint":["/init"],"Cmd":["serve"],"WorkingDir":"/srv"}
        """;

    @Override
    public void grammar(Grammar grammar) {
      SpecFlags.grammar(grammar);
      grammar.arguments("WORD", 1, Integer.MAX_VALUE, "words").argumentsLast();
    }

    @Override
    public int run(Invocation invocation) throws IOException {
      SpecBuilder builder = new SpecBuilder(invocation.arguments(), "ns", "id");
      builder.image(Json.parse("image", IMAGE.getBytes(StandardCharsets.UTF_8)));
      made.add(builder.build(invocation.arguments().from(2)));
      return 0;
    }
  }
}
