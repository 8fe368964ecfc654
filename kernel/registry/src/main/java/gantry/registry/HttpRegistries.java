// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.InvalidArgumentException;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import gantry.transfer.RegistryAccess;
import gantry.transfer.RegistryImage;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Registries over HTTP by the JDK's client. Connections are shared by all repositories, tokens by
 * those that were opened with equal credentials. {@code hosts.toml} files are read anew at each
 * {@link #open}. Safe for concurrent use.
 */
public final class HttpRegistries implements Registries {
  private final RegistrySettings settings;
  private final Pauses pauses;
  private final InstantSource clock;
  private final HostsDirectory hosts = new HostsDirectory();
  private final HttpClients clients;
  private final Transport transport;
  private final SchemeKnock knock;
  private final TokenCache tokens;

  /**
   * Opens no connection yet.
   *
   * @throws InvalidArgumentException if a proxy of the environment is malformed
   */
  public HttpRegistries(RegistrySettings settings) {
    this(settings, Pauses.real(), InstantSource.system());
  }

  HttpRegistries(RegistrySettings settings, Pauses pauses, InstantSource clock) {
    this.settings = settings;
    this.pauses = pauses;
    this.clock = clock;
    clients = new HttpClients(settings);
    transport = new Transport(clients, settings.deadlines());
    knock = new SchemeKnock(clients.tls(), settings.deadlines().connect());
    tokens = new TokenCache(clock);
  }

  @Override
  public Repository open(RegistryImage image) {
    return opened(image);
  }

  HttpRepository opened(RegistryImage image) {
    Reference reference = Reference.parse(image.reference());
    RegistryAccess access = image.access();
    HttpLog log = new HttpLog(access.debug(), access.log());
    Session.Shared shared =
        new Session.Shared(
            transport, headers(access.headers()), log, settings.retries(), pauses, clock);
    String directories =
        access.hostsDirectory().isEmpty() ? settings.hostsDirectory() : access.hostsDirectory();
    List<Session> sessions = new ArrayList<>();
    for (Endpoint endpoint :
        hosts.endpoints(directories, reference.host(), access.defaultScheme())) {
      sessions.add(session(knock.settle(endpoint), reference, image.reference(), access, shared));
    }
    return new HttpRepository(reference, sessions, settings.retries(), pauses);
  }

  private Session session(
      Endpoint endpoint,
      Reference reference,
      String text,
      RegistryAccess access,
      Session.Shared shared) {
    TokenIssuer issuer = new TokenIssuer(endpoint, shared);
    Authorizer authorizer =
        new Authorizer(endpoint, text, source(access.credentials()), issuer, tokens);
    return new Session(endpoint, reference.host(), reference.repository(), authorizer, shared);
  }

  /** The client's credentials, else the process's own. */
  private CredentialSource source(CredentialSource own) {
    return (host, reference, challenges) -> {
      Credentials found = own.credentials(host, reference, challenges);
      return found instanceof Credentials.None
          ? settings.credentials().credentials(host, reference, challenges)
          : found;
    };
  }

  private Map<String, List<String>> headers(Map<String, List<String>> asked) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    asked.forEach(
        (name, values) -> {
          if (!Headers.allowed(name)) {
            throw new InvalidArgumentException(
                "open registry: header \"%s\" cannot be set; leave it out".formatted(name));
          }
          headers.put(name, values);
        });
    if (headers.keySet().stream().noneMatch("User-Agent"::equalsIgnoreCase)) {
      headers.put("User-Agent", List.of(settings.userAgent()));
    }
    headers.putIfAbsent("Accept-Encoding", List.of("identity"));
    return headers;
  }

  @Override
  public void close() {
    transport.close();
  }
}
