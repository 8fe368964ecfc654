// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.UnavailableException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint as one client uses it: adds headers and authorization, follows redirects, tries
 * again. Safe for concurrent use.
 */
final class Session {
  private static final int REDIRECTS_MAX = 10;
  private static final int REFUSALS_MAX = 3;
  private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);

  private final Endpoint endpoint;
  private final String registryHost;
  private final String repository;
  private final Transport transport;
  private final Authorizer authorizer;
  private final Map<String, List<String>> headers;
  private final HttpLog log;
  private final RetryPolicy retries;
  private final Pauses pauses;
  private final InstantSource clock;

  /**
   * What sessions of one client have in common.
   *
   * @param headers of the client, with the user agent
   */
  record Shared(
      Transport transport,
      Map<String, List<String>> headers,
      HttpLog log,
      RetryPolicy retries,
      Pauses pauses,
      InstantSource clock) {}

  /**
   * Makes one.
   *
   * @param registryHost the host of the reference
   */
  Session(
      Endpoint endpoint,
      String registryHost,
      String repository,
      Authorizer authorizer,
      Shared shared) {
    this.endpoint = endpoint;
    this.registryHost = registryHost;
    this.repository = repository;
    this.authorizer = authorizer;
    transport = shared.transport();
    log = shared.log();
    retries = shared.retries();
    pauses = shared.pauses();
    clock = shared.clock();
    headers = merged(shared.headers(), endpoint.headers());
  }

  static Map<String, List<String>> merged(
      Map<String, List<String>> client, Map<String, List<String>> host) {
    Map<String, List<String>> all = new LinkedHashMap<>(client);
    all.putAll(host);
    return all;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** An address below the repository; mirrors are told for which registry they stand. */
  URI uri(String path) {
    return withQuery(
        URI.create(endpoint.origin() + endpoint.root() + "/" + repository + "/" + path), Map.of());
  }

  URI withQuery(URI uri, Map<String, String> parameters) {
    Map<String, String> all = new LinkedHashMap<>(parameters);
    String text = uri.toString();
    if (endpoint.isMirrorOf(registryHost) && !text.contains("ns=")) {
      all.put("ns", registryHost);
    }
    StringBuilder query = new StringBuilder();
    all.forEach(
        (name, value) ->
            query
                .append('&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    if (query.isEmpty()) {
      return uri;
    }
    return URI.create(text + (text.contains("?") ? query : "?" + query.substring(1)));
  }

  boolean isSameOrigin(URI uri) {
    return endpoint.origin().equals(uri.getScheme() + "://" + uri.getRawAuthority());
  }

  /**
   * Asks and, if it is the last host, asks again while that may help.
   *
   * @return the answer, whatever its status; to be closed
   * @throws gantry.errors.UnauthenticatedException if authorization failed
   */
  Answer send(Call call, Set<String> scopes, boolean last) throws IOException {
    Call current = call;
    int refusals = 0;
    for (int attempt = 1; ; attempt++) {
      boolean more = last && attempt < retries.attempts() && call.upload() == null;
      Hop hop;
      try {
        hop = follow(current, scopes);
      } catch (IOException e) {
        if (!more || !passes(e)) {
          throw e;
        }
        pauses.pause(retries.pause(attempt));
        continue;
      }
      Answer answer = hop.answer();
      if (answer.status() == 401 && refusals < REFUSALS_MAX) {
        if (!learned(hop, refusals++)) {
          return answer;
        }
        continue;
      }
      if (answer.status() == 405
          && current.method().equals("HEAD")
          && current.uri().getPath().contains("/manifests/")) {
        answer.close();
        current = current.method("GET");
        continue;
      }
      Duration pause = PASSING.contains(answer.status()) && more ? pause(answer, attempt) : null;
      if (pause == null) {
        return answer;
      }
      answer.close();
      pauses.pause(pause);
    }
  }

  private boolean learned(Hop hop, int refusals) {
    boolean again = false;
    try {
      again = authorizer.learn(hop.answer(), hop.sent(), refusals);
      return again;
    } finally {
      if (again) {
        hop.answer().close();
      }
    }
  }

  /** Null if the host wants more patience than there is. */
  private @Nullable Duration pause(Answer answer, int attempt) {
    Optional<Duration> asked = answer.header("Retry-After").flatMap(this::retryAfter);
    if (asked.isEmpty()) {
      return retries.pause(attempt);
    }
    return asked.get().compareTo(retries.longestPause()) > 0 ? null : asked.get();
  }

  private Optional<Duration> retryAfter(String value) {
    try {
      if (!value.isEmpty() && value.chars().allMatch(Character::isDigit)) {
        return Optional.of(Duration.ofSeconds(Long.parseLong(value)));
      }
      Duration until =
          Duration.between(
              clock.instant(),
              ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return Optional.of(until.isNegative() ? Duration.ZERO : until);
    } catch (DateTimeParseException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean passes(IOException e) {
    return !(e instanceof ConnectException
        || e instanceof SSLException
        || e instanceof ProtocolException
        || e instanceof Transport.UploadSourceException);
  }

  /** An answer and the authorization it was asked with. */
  private record Hop(Answer answer, @Nullable String sent) {}

  private Hop follow(Call first, Set<String> scopes) throws IOException {
    Call call = first;
    for (int hop = 0; ; hop++) {
      boolean home = isSameOrigin(call.uri());
      Call dressed = home ? dressed(call) : bare(call);
      String authorization = authorizer.header(call.uri(), scopes);
      Answer answer = transport.send(endpoint, dressed, authorization, log);
      String location = answer.header("Location").orElse("");
      if (!isRedirect(answer.status()) || location.isEmpty()) {
        return new Hop(answer, authorization);
      }
      answer.close();
      if (hop == REDIRECTS_MAX) {
        throw new ProtocolException(
            "stopped after %d redirects at %s"
                .formatted(REDIRECTS_MAX, HttpLog.shown(answer.uri())));
      }
      call = redirected(call, answer.status(), location);
    }
  }

  /** Headers of client and host are for the endpoint only: they may be secrets too. */
  private Call dressed(Call call) {
    Map<String, List<String>> all = new LinkedHashMap<>(headers);
    all.putAll(call.headers());
    return new Call(call.method(), call.uri(), all, call.upload(), call.sent(), call.bulk());
  }

  private Call bare(Call call) {
    Map<String, List<String>> all = new LinkedHashMap<>(call.headers());
    List<String> agent = headers.get("User-Agent");
    if (agent != null) {
      all.put("User-Agent", agent);
    }
    return new Call(call.method(), call.uri(), all, call.upload(), call.sent(), call.bulk());
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static Call redirected(Call call, int status, String location) throws IOException {
    URI next;
    try {
      next = call.uri().resolve(location.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      throw new IOException("redirected to what is no URL: " + location, e);
    }
    if (!Set.of("http", "https").contains(String.valueOf(next.getScheme()))) {
      throw new ProtocolException("redirected to " + next.getScheme() + ", not to HTTP");
    }
    boolean toGet = status <= 303 && !call.method().equals("GET") && !call.method().equals("HEAD");
    return (toGet ? call.asGet() : call).uri(next);
  }

  /** How a failure to reach the host is told. */
  UnavailableException unreachable(String doing, IOException e) {
    return new UnavailableException(
        "%s: failed to do request to %s: %s%s"
            .formatted(doing, endpoint.authority(), reason(e), advice(e)),
        e);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null || message.isEmpty() ? e.getClass().getSimpleName() : message;
  }

  private static String advice(IOException e) {
    return switch (e) {
      case SSLException s ->
          "; if its certificate is right, name its authority as \"ca\" in hosts.toml";
      case ConnectException c -> "; check the name and whether it runs";
      default -> "";
    };
  }
}
