// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Arguments;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.UsageException;
import gantry.registry.DockerConfig;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryAccess.HttpDebug;
import java.io.Console;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a registry is to be reached, from the options of a command line. What only a {@code
 * hosts.toml} can say is written into one that lasts until this is closed; the daemon reads it too.
 */
public final class RegistryOptions implements AutoCloseable {
  private static final Duration HELPER_DEADLINE = Duration.ofSeconds(30);

  private final Arguments arguments;
  private final OutputStream log;
  private final CredentialSource otherwise;
  private @Nullable Path written;

  /**
   * Of an invocation.
   *
   * @param otherwise who knows credentials if none are on the command line
   */
  public RegistryOptions(Invocation invocation, CredentialSource otherwise) {
    this.arguments = invocation.arguments();
    this.log = invocation.console().err();
    this.otherwise = otherwise;
  }

  /** The credentials that Docker's tools keep on this host, with their helper programs. */
  public static CredentialSource kept(Invocation invocation) {
    return new DockerConfig(DockerConfig.location(invocation.environment()), HELPER_DEADLINE);
  }

  /** Adds the options. */
  public static void grammar(Grammar grammar) {
    grammar
        .flag("skip-verify k", "trust any certificate")
        .flag("plain-http", "speak http instead of https")
        .value("user u", "USER[:PASSWORD]", "who to be; asks for a missing password")
        .value("refresh", "TOKEN", "refresh token to authorize with")
        .value("hosts-dir", "DIR", "where hosts.toml files are; default the daemon's setting")
        .value("tlscacert", "FILE", "certificates of authorities to trust")
        .value("tlscert", "FILE", "certificate to show")
        .value("tlskey", "FILE", "its key")
        .flag("http-dump", "print requests and answers to standard error")
        .flag("http-trace", "print connections to standard error");
  }

  /** What the options come to. */
  public RegistryAccess access() throws IOException {
    HttpDebug debug = debug();
    return new RegistryAccess(
        Map.of(),
        hosts(),
        arguments.flag("plain-http") ? "http" : "",
        debug,
        debug == HttpDebug.NONE ? null : log,
        credentials());
  }

  @Override
  public void close() throws IOException {
    if (written != null) {
      Files.deleteIfExists(written.resolve("_default/hosts.toml"));
      Files.deleteIfExists(written.resolve("_default"));
      Files.deleteIfExists(written);
    }
  }

  private HttpDebug debug() {
    boolean dump = arguments.flag("http-dump");
    boolean trace = arguments.flag("http-trace");
    if (dump && trace) {
      return HttpDebug.BOTH;
    }
    return dump ? HttpDebug.DEBUG : trace ? HttpDebug.TRACE : HttpDebug.NONE;
  }

  private CredentialSource credentials() {
    Optional<String> user = arguments.find("user").filter(name -> !name.isEmpty());
    if (user.isPresent()) {
      int colon = user.get().indexOf(':');
      String name = colon > 0 ? user.get().substring(0, colon) : user.get();
      String given = colon > 0 ? user.get().substring(colon + 1) : "";
      Credentials password = new Credentials.Password(name, given.isEmpty() ? ask(name) : given);
      return (_, _, _) -> password;
    }
    Optional<String> token = arguments.find("refresh").filter(text -> !text.isEmpty());
    if (token.isPresent()) {
      Credentials refresh = new Credentials.RefreshToken(token.get());
      return (_, _, _) -> refresh;
    }
    return otherwise;
  }

  private static String ask(String user) {
    Console console = Objects.requireNonNull(System.console());
    if (!console.isTerminal()) {
      throw new UsageException(
          "--user %s: there is no terminal to ask for the password: give USER:PASSWORD"
              .formatted(user));
    }
    char[] password = console.readPassword("Password: ");
    if (password == null) {
      throw new UsageException("--user %s: no password was given".formatted(user));
    }
    return new String(password);
  }

  private String hosts() throws IOException {
    String said = arguments.value("hosts-dir", "");
    List<String> settings = tls();
    if (settings.isEmpty()) {
      return said;
    }
    written = Files.createTempDirectory("gantry-hosts-");
    Path directory = Files.createDirectory(written.resolve("_default"));
    Files.write(directory.resolve("hosts.toml"), settings);
    return said.isEmpty() ? written.toString() : said + ":" + written;
  }

  private List<String> tls() {
    List<String> settings = new ArrayList<>();
    if (arguments.flag("skip-verify")) {
      settings.add("skip_verify = true");
    }
    arguments.find("tlscacert").ifPresent(file -> settings.add("ca = " + quoted(file)));
    Optional<String> certificate = arguments.find("tlscert");
    Optional<String> key = arguments.find("tlskey");
    if (certificate.isPresent() != key.isPresent()) {
      throw new UsageException("--tlscert and --tlskey want each other");
    }
    certificate.ifPresent(
        file ->
            settings.add("client = [[%s, %s]]".formatted(quoted(file), quoted(key.orElseThrow()))));
    return settings;
  }

  /** A TOML string; relative names are meant from here, not from the file they are written in. */
  private static String quoted(String file) {
    String path = Path.of(file).toAbsolutePath().toString();
    return "\"" + path.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
