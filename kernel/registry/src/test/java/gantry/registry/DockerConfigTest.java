// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.transfer.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConfigTest {
  @TempDir Path home;

  private Credentials of(String host, String json) throws IOException {
    Path file = Files.writeString(home.resolve("config.json"), json);
    return new DockerConfig(file, Duration.ofSeconds(5)).credentials(host, host + "/x", List.of());
  }

  @Test
  void noFile_meansNoCredentials() throws IOException {
    DockerConfig config = new DockerConfig(home.resolve("none.json"), Duration.ofSeconds(1));

    assertThat(config.credentials("r.example", "r.example/x", List.of()))
        .isEqualTo(Credentials.NONE);
  }

  @Test
  void auths_areFoundByHost_howeverItIsWritten() throws IOException {
    String auth = "{\"auth\":\"YW5uOnA6dw==\"}";
    Credentials ann = new Credentials.Password("ann", "p:w");

    assertThat(of("r.example", "{\"auths\":{\"r.example\":" + auth + "}}")).isEqualTo(ann);
    assertThat(of("r.example:5000", "{\"auths\":{\"https://r.example:5000/v1/\":" + auth + "}}"))
        .isEqualTo(ann);
    assertThat(
            of(
                "registry-1.docker.io",
                "{\"auths\":{\"https://index.docker.io/v1/\":" + auth + "}}"))
        .isEqualTo(ann);
    assertThat(of("other.example", "{\"auths\":{\"r.example\":" + auth + "}}"))
        .isEqualTo(Credentials.NONE);
  }

  @Test
  void tokens_areTakenAsSuch() throws IOException {
    assertThat(of("r", "{\"auths\":{\"r\":{\"identitytoken\":\"t\"}}}"))
        .isEqualTo(new Credentials.RefreshToken("t"));
    assertThat(of("r", "{\"auths\":{\"r\":{\"registrytoken\":\"t\"}}}"))
        .isEqualTo(new Credentials.Header("Bearer t"));
    assertThat(of("r", "{\"auths\":{\"r\":{\"username\":\"u\",\"password\":\"p\"}}}"))
        .isEqualTo(new Credentials.Password("u", "p"));
  }

  @Test
  void malformedFiles_areNamed_withoutTheirSecrets() {
    assertThatThrownBy(() -> of("r", "{"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("config.json is no JSON");
    assertThatThrownBy(() -> of("r", "{\"auths\":{\"r\":{\"auth\":\"c2VjcmV0\"}}}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("\"auth\" of \"r\"")
        .hasMessageNotContaining("c2VjcmV0");
  }

  @Test
  void helper_thatIsMissing_isNamed() {
    assertThatThrownBy(() -> of("r", "{\"credHelpers\":{\"r\":\"gantry-no-such\"}}"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("docker-credential-gantry-no-such cannot be run");
    assertThatThrownBy(() -> of("r", "{\"credsStore\":\"../../bin/sh\"}"))
        .hasMessageContaining("has no proper name");
  }

  private CredentialHelper helper(String script, Duration deadline) throws IOException {
    Path program = Files.writeString(home.resolve("docker-credential-it"), "#!/bin/sh\n" + script);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return new CredentialHelper(deadline, home.toString());
  }

  @Test
  void helper_isAsked() throws IOException {
    String script =
        """
        read server
        echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"u-$server\\",\\"Secret\\":\\"s\\"}"
        """;

    assertThat(helper(script, Duration.ofSeconds(5)).get("it", "r.example"))
        .isEqualTo(new Credentials.Password("u-r.example", "s"));
    assertThat(
            helper("echo '{\"Username\":\"<token>\",\"Secret\":\"s\"}'", Duration.ofSeconds(5))
                .get("it", "r"))
        .isEqualTo(new Credentials.RefreshToken("s"));
    assertThat(
            helper("echo credentials not found in native keychain; exit 1", Duration.ofSeconds(5))
                .get("it", "r"))
        .isEqualTo(Credentials.NONE);
    assertThatThrownBy(() -> helper("echo locked; exit 1", Duration.ofSeconds(5)).get("it", "r"))
        .hasMessageContaining("docker-credential-it failed: locked");
  }

  @Test
  void helper_thatHangs_isEnded() {
    assertThatThrownBy(() -> helper("exec sleep 60", Duration.ofMillis(200)).get("it", "r"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("gave no answer within 200ms");
  }

  @Test
  void location_followsTheEnvironment() {
    assertThat(DockerConfig.location(Map.of("HOME", "/h")))
        .isEqualTo(Path.of("/h/.docker/config.json"));
    assertThat(DockerConfig.location(Map.of("HOME", "/h", "DOCKER_CONFIG", "/d")))
        .isEqualTo(Path.of("/d/config.json"));
  }
}
