// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gantry.transfer.Credentials;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs {@code docker-credential-NAME get}, which reads a server's name and writes JSON: the
 * protocol of Docker's credential helpers.
 */
final class CredentialHelper {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
  private static final int ANSWER_BYTES_MAX = 64 * 1024;

  /** Stands for a user name when the secret is an identity token. */
  private static final String TOKEN_USER = "<token>";

  private final Duration deadline;
  private final String directory;

  /** Looks for programs where the process does. */
  CredentialHelper(Duration deadline) {
    this(deadline, "");
  }

  /** Looks for programs in a directory. */
  CredentialHelper(Duration deadline, String directory) {
    this.deadline = deadline;
    this.directory = directory;
  }

  Credentials get(String name, String server) throws IOException {
    String program = "docker-credential-" + name;
    if (!NAME.matcher(name).matches()) {
      throw new IOException("credential helper \"%s\" has no proper name".formatted(name));
    }
    Process process;
    try {
      process =
          new ProcessBuilder(directory.isEmpty() ? program : directory + "/" + program, "get")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new IOException(
          "credential helper %s cannot be run: %s; install it or take it out of config.json"
              .formatted(program, e.getMessage()),
          e);
    }
    try {
      tell(process, server);
      if (!process.waitFor(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new IOException(
            "credential helper %s gave no answer within %s"
                .formatted(program, Deadlines.inWords(deadline)));
      }
      String answer =
          new String(process.getInputStream().readNBytes(ANSWER_BYTES_MAX), StandardCharsets.UTF_8);
      return process.exitValue() == 0 ? read(program, answer) : none(program, answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted");
      interrupted.initCause(e);
      throw interrupted;
    } finally {
      process.destroyForcibly();
    }
  }

  private static void tell(Process process, String server) {
    try (OutputStream in = process.getOutputStream()) {
      in.write((server + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it may end without reading; what it answers counts
    }
  }

  private static Credentials none(String program, String answer) throws IOException {
    if (answer.contains("credentials not found")) {
      return Credentials.NONE;
    }
    throw new IOException("credential helper %s failed: %s".formatted(program, answer.strip()));
  }

  /** Without the answer in any message: it holds the secret. */
  private static Credentials read(String program, String answer) throws IOException {
    JsonNode tree;
    try {
      tree = JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      throw new IOException("credential helper %s answered no JSON".formatted(program));
    }
    String user = tree.path("Username").asText("");
    String secret = tree.path("Secret").asText("");
    if (secret.isEmpty()) {
      return Credentials.NONE;
    }
    return user.equals(TOKEN_USER) || user.isEmpty()
        ? new Credentials.RefreshToken(secret)
        : new Credentials.Password(user, secret);
  }
}
