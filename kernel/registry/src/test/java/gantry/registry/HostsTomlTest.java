// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostsTomlTest {
  @TempDir Path root;

  private Path write(String directory, String text) throws IOException {
    Path file = Files.createDirectories(root.resolve(directory)).resolve("hosts.toml");
    return Files.writeString(file, text);
  }

  private List<Endpoint> endpoints(String host) {
    return new HostsDirectory().endpoints(root.toString(), host, "");
  }

  @Test
  void everyKey_isRead() throws IOException {
    write(
        "r.example",
        """
        server = "https://r.example"
        ca = "own.crt"

        [host."https://z.example/mirror"]
          capabilities = ["pull", "Resolve"]
          ca = ["one.crt", "/two.crt"]
          client = [["c.cert", "c.key"], ["/d.pem", ""]]
          skip_verify = true
          dial_timeout = "1m30s"
          [host."https://z.example/mirror".header]
            x-one = "1"
            x-many = ["2", "3"]

        [host."http://a.example:5000/api/"]
          override_path = true
          client = "/both.pem"
        """);

    List<Endpoint> found = endpoints("r.example");

    assertThat(found).hasSize(3);
    assertThat(found.get(0))
        .isEqualTo(
            new Endpoint(
                "https",
                "z.example",
                "/mirror/v2",
                EnumSet.of(Capability.PULL, Capability.RESOLVE),
                Map.of("x-one", List.of("1"), "x-many", List.of("2", "3")),
                new TlsFiles(
                    List.of(root.resolve("r.example/one.crt"), Path.of("/two.crt")),
                    List.of(
                        new TlsFiles.Pair(
                            root.resolve("r.example/c.cert"), root.resolve("r.example/c.key")),
                        new TlsFiles.Pair(Path.of("/d.pem"), null)),
                    true),
                Duration.ofSeconds(90)));
    assertThat(found.get(1).origin() + found.get(1).root()).isEqualTo("http://a.example:5000/api");
    assertThat(found.get(1).capabilities()).containsExactlyInAnyOrder(Capability.values());
    assertThat(found.get(1).tls().clients())
        .containsExactly(new TlsFiles.Pair(Path.of("/both.pem"), null));
    assertThat(found.get(2).origin() + found.get(2).root()).isEqualTo("https://r.example/v2");
    assertThat(found.get(2).tls().authorities()).containsExactly(root.resolve("r.example/own.crt"));
  }

  @Test
  void withoutServer_theRegistryItselfIsLast() throws IOException {
    write("docker.io", "[host.\"mirror.example\"]\n");

    assertThat(endpoints("docker.io"))
        .extracting(Endpoint::origin)
        .containsExactly("https://mirror.example", "https://registry-1.docker.io");
  }

  @ParameterizedTest
  @CsvSource({
    "r.example:5000, r.example_5000_",
    "r.example:5000, r.example:5000",
    "r.example:5000, r.example",
    "r.example, r.example",
    "anything, _default"
  })
  void directories_haveTheseNames(String host, String directory) throws IOException {
    write(directory, "server = \"https://found.example\"");

    assertThat(endpoints(host)).extracting(Endpoint::authority).containsExactly("found.example");
  }

  @Test
  void severalDirectories_areLookedThroughInOrder(@TempDir Path second) throws IOException {
    write("a.example", "server = \"https://first\"");
    Files.writeString(
        Files.createDirectories(second.resolve("b.example")).resolve("hosts.toml"),
        "server = \"https://second\"");

    assertThat(new HostsDirectory().endpoints(root + ":" + second, "b.example", ""))
        .extracting(Endpoint::authority)
        .containsExactly("second");
  }

  @Test
  void aChangedFile_countsAtOnce() throws IOException {
    write("r", "server = \"https://one\"");
    assertThat(endpoints("r").getFirst().authority()).isEqualTo("one");
    write("r", "server = \"https://two\"");
    assertThat(endpoints("r").getFirst().authority()).isEqualTo("two");
  }

  @Test
  void certificates_inDockersLayout_areTaken() throws IOException {
    Path directory = Files.createDirectories(root.resolve("r.example"));
    for (String name : List.of("ca.crt", "me.cert", "me.key", "other.cert", "notes.txt")) {
      Files.createFile(directory.resolve(name));
    }

    TlsFiles tls = endpoints("r.example").getFirst().tls();

    assertThat(tls.authorities()).containsExactly(directory.resolve("ca.crt"));
    assertThat(tls.clients())
        .containsExactly(
            new TlsFiles.Pair(directory.resolve("me.cert"), directory.resolve("me.key")),
            new TlsFiles.Pair(directory.resolve("other.cert"), null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "localhost:5000 | '' | http | true",
        "127.0.0.1:80 | '' | http | false",
        "[::1]:5000 | '' | http | true",
        "localhost | '' | https | false",
        "localhost:5000 | https | https | false",
        "r.example | '' | https | false",
        "r.example | http | http | false",
        "docker.io | http | https | false"
      })
  void withoutConfiguration_theAddressDecides(
      String host, String defaultScheme, String scheme, boolean either) {
    Endpoint endpoint = new HostsDirectory().endpoints("", host, defaultScheme).getFirst();

    assertThat(endpoint.scheme()).isEqualTo(scheme);
    assertThat(endpoint.mayBeEither()).isEqualTo(either);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "server = 5 | :1: key \"server\" is 5; want a URL",
        "server = \"ftp://x\" | key \"server\"",
        "capabilities = [\"pull\", \"fly\"] | unknown capability \"fly\"; want a list of \"pull\"",
        "skip_verify = \"yes\" | key \"skip_verify\" is \"yes\"; want true or false",
        "dial_timeout = \"soon\" | key \"dial_timeout\" is \"soon\"; want for example",
        "dial_timeout = \"-1s\" | key \"dial_timeout\" is \"-1s\"; want for example",
        "dial_timeout = \"+1s\" | key \"dial_timeout\" is \"+1s\"; want for example",
        "ca = 1 | key \"ca\" is 1; want a file name or a list of them",
        "client = [[\"a\"]] | key \"client\" has a pair of 1; want",
        "header = 3 | key \"header\" is no table",
        "host = 3 | want tables [host",
        "server = | hosts.toml:1: ",
      })
  void whatIsWrong_isToldWithItsPlace(String text, String message) throws IOException {
    write("r", text + "\n");

    assertThatThrownBy(() -> endpoints("r"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(root.resolve("r/hosts.toml").toString())
        .hasMessageContaining(message);
  }

  @Test
  void whatIsWrongInAHost_isToldWithItsLine() throws IOException {
    write("r", "server = \"https://r\"\n\n[host.\"https://m\"]\n  skip_verify = 1\n");

    assertThatThrownBy(() -> endpoints("r"))
        .hasMessageContaining("hosts.toml:4: host \"https://m\": key \"skip_verify\" is 1");
  }

  @Test
  void keysNobodyKnows_arePassedOver() throws IOException {
    write("r", "server = \"https://r\"\nrewrite = 1\n[host.\"https://m\"]\n  turbo = true\n");

    assertThat(endpoints("r")).hasSize(2);
  }
}
