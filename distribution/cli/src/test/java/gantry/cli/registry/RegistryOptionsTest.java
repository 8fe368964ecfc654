// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.cli.command.Command;
import gantry.cli.command.Console;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Program;
import gantry.cli.command.Word;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryAccess.HttpDebug;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RegistryOptionsTest {
  private static final Credentials KEPT = new Credentials.RefreshToken("kept");

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final List<RegistryAccess> seen = new ArrayList<>();
  private final List<Credentials> credentials = new ArrayList<>();
  private final List<String> hosts = new ArrayList<>();

  /** Remembers what the options come to. */
  private final class Probe implements Command {
    @Override
    public void grammar(Grammar grammar) {
      RegistryOptions.grammar(grammar);
    }

    @Override
    public int run(Invocation invocation) throws IOException {
      CredentialSource kept = (_, _, _) -> KEPT;
      try (RegistryOptions options = new RegistryOptions(invocation, kept)) {
        RegistryAccess access = options.access();
        seen.add(access);
        credentials.add(access.credentials().credentials("h", "r", List.of()));
        for (String directory : access.hostsDirectory().split(":", -1)) {
          Path file = Path.of(directory, "_default/hosts.toml");
          hosts.add(Files.exists(file) ? Files.readString(file) : "");
        }
      }
      return 0;
    }
  }

  @Test
  void nothingSaid_leavesAllToTheDaemon() {
    assertThat(run()).isZero();
    RegistryAccess access = seen.getFirst();
    assertThat(access.hostsDirectory()).isEmpty();
    assertThat(access.defaultScheme()).isEmpty();
    assertThat(access.debug()).isEqualTo(HttpDebug.NONE);
    assertThat(credentials).containsExactly(KEPT);
  }

  @Test
  void credentials_areThoseOfTheLineFirst() {
    run("--user", "me:se:cret");
    run("--refresh", "token");
    assertThat(credentials)
        .containsExactly(
            new Credentials.Password("me", "se:cret"), new Credentials.RefreshToken("token"));
  }

  @Test
  void tlsOptions_areWrittenDownForTheDaemonAndTakenAwayAgain() {
    run("-k", "--tlscacert", "/ca.pem", "--tlscert", "/c.pem", "--tlskey", "/k.pem");
    run("--hosts-dir", "/certs.d", "--skip-verify", "--plain-http", "--http-dump");
    assertThat(hosts)
        .containsExactly(
            "skip_verify = true\nca = \"/ca.pem\"\nclient = [[\"/c.pem\", \"/k.pem\"]]\n",
            "",
            "skip_verify = true\n");
    assertThat(Path.of(seen.getFirst().hostsDirectory())).doesNotExist();
    assertThat(seen.getLast().hostsDirectory()).startsWith("/certs.d:");
    assertThat(seen.getLast().defaultScheme()).isEqualTo("http");
    assertThat(seen.getLast().debug()).isEqualTo(HttpDebug.DEBUG);
  }

  @Test
  void certificateWithoutKey_isRefused() {
    assertThat(run("--tlscert", "/c.pem")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("--tlscert and --tlskey");
  }

  private int run(String... options) {
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    List<String> line = new ArrayList<>(List.of("probe"));
    line.addAll(List.of(options));
    return new Program(
            List.of(Word.leaf("probe", "probes", Probe::new)),
            new Console(InputStream.nullInputStream(), stream, stream),
            Map.of())
        .run(line);
  }
}
