// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of Docker's {@code config.json}: {@code auths}, and the programs {@code credHelpers}
 * and {@code credsStore} name. The file is read anew each time; that there is none means no
 * credentials. Safe for concurrent use.
 */
public final class DockerConfig implements CredentialSource {
  private static final JsonMapper JSON = new JsonMapper();

  /** What Docker's own registry is called in the file. */
  private static final String HUB = "https://index.docker.io/v1/";

  private static final Set<String> HUB_HOSTS =
      Set.of("docker.io", "index.docker.io", "registry-1.docker.io");

  private final Path file;
  private final CredentialHelper helper;

  /**
   * Reads nothing yet.
   *
   * @param file mostly {@code ~/.docker/config.json}
   * @param deadline for a helper program to answer
   */
  public DockerConfig(Path file, Duration deadline) {
    this.file = file;
    helper = new CredentialHelper(deadline);
  }

  /** Where Docker's tools look: {@code $DOCKER_CONFIG} or {@code ~/.docker}. */
  public static Path location(Map<String, String> environment) {
    String directory = environment.getOrDefault("DOCKER_CONFIG", "");
    return directory.isEmpty()
        ? Path.of(environment.getOrDefault("HOME", "/root"), ".docker", "config.json")
        : Path.of(directory, "config.json");
  }

  @Override
  public Credentials credentials(String host, String reference, List<String> challenges)
      throws IOException {
    JsonNode config;
    try {
      config = JSON.readTree(Files.readString(file));
    } catch (NoSuchFileException e) {
      return Credentials.NONE;
    } catch (JsonProcessingException e) {
      throw new IOException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
    String server = HUB_HOSTS.contains(host) ? HUB : host;
    String program = config.path("credHelpers").path(server).asText("");
    if (program.isEmpty() && server.equals(HUB)) {
      program = config.path("credHelpers").path("docker.io").asText("");
    }
    if (program.isEmpty()) {
      program = config.path("credsStore").asText("");
    }
    Credentials kept = program.isEmpty() ? Credentials.NONE : helper.get(program, server);
    return kept instanceof Credentials.None ? written(config, server) : kept;
  }

  private Credentials written(JsonNode config, String server) throws IOException {
    JsonNode exact = config.path("auths").path(server);
    if (exact.isObject()) {
      return entry(exact, server);
    }
    for (Map.Entry<String, JsonNode> auth : config.path("auths").properties()) {
      if (bare(auth.getKey()).equals(bare(server))) {
        return entry(auth.getValue(), auth.getKey());
      }
    }
    return Credentials.NONE;
  }

  /** Without scheme and the paths that old tools put behind the host. */
  private static String bare(String server) {
    return server.replaceFirst("^https?://", "").replaceFirst("/(v1/?|v2/?)?$", "");
  }

  private Credentials entry(JsonNode entry, String server) throws IOException {
    String identity = entry.path("identitytoken").asText("");
    if (!identity.isEmpty()) {
      return new Credentials.RefreshToken(identity);
    }
    String bearer = entry.path("registrytoken").asText("");
    if (!bearer.isEmpty()) {
      return new Credentials.Header("Bearer " + bearer);
    }
    String auth = entry.path("auth").asText("");
    if (auth.isEmpty()) {
      String user = entry.path("username").asText("");
      return user.isEmpty()
          ? Credentials.NONE
          : new Credentials.Password(user, entry.path("password").asText(""));
    }
    try {
      String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
      int colon = pair.indexOf(':');
      if (colon > 0) {
        String secret = pair.substring(colon + 1).replaceFirst("\u0000+$", "");
        return new Credentials.Password(pair.substring(0, colon), secret);
      }
    } catch (IllegalArgumentException e) {
      throw malformed(server, e);
    }
    throw malformed(server, null);
  }

  /** Without the value, which is the secret. */
  private IOException malformed(String server, @Nullable Throwable cause) {
    return new IOException(
        "%s: \"auth\" of \"%s\" is not user:password in base64; log in again"
            .formatted(file, server),
        cause);
  }
}
