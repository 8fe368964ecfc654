// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import gantry.errors.CanceledException;
import gantry.errors.UnauthenticatedException;
import gantry.transfer.CredentialSource;
import gantry.transfer.Credentials;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Answers what hosts want to see. Credentials are asked for once and shown to the endpoint and its
 * authorization server alone; another host that an endpoint redirects to gets anonymous tokens at
 * most. Safe for concurrent use.
 */
final class Authorizer {
  private static final int WAIT_MINUTES = 5;

  private final Endpoint endpoint;
  private final String reference;
  private final CredentialSource source;
  private final TokenIssuer issuer;
  private final TokenCache tokens;
  private final Map<String, Way> ways = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable CompletableFuture<Credentials>> credentials =
      new AtomicReference<>();

  /** How a host is satisfied. */
  private sealed interface Way {
    /** With the same header each time. */
    record Fixed(String header) implements Way {}

    /** With tokens. */
    record Bearer(String realm, String service, Set<String> scopes, Credentials credentials)
        implements Way {}
  }

  Authorizer(
      Endpoint endpoint,
      String reference,
      CredentialSource source,
      TokenIssuer issuer,
      TokenCache tokens) {
    this.endpoint = endpoint;
    this.reference = reference;
    this.source = source;
    this.issuer = issuer;
    this.tokens = tokens;
  }

  /** The header for a request, or null if this host has not asked for any yet. */
  @Nullable String header(URI uri, Set<String> scopes) throws IOException {
    return switch (ways.get(origin(uri))) {
      case null -> null;
      case Way.Fixed fixed -> fixed.header();
      case Way.Bearer bearer -> "Bearer " + token(bearer, scopes).value();
    };
  }

  private Token token(Way.Bearer way, Set<String> scopes) throws IOException {
    Set<String> all = new TreeSet<>(scopes);
    all.addAll(way.scopes());
    TokenRequest request =
        new TokenRequest(way.realm(), way.service(), List.copyOf(all), way.credentials());
    return tokens.token(request, () -> issuer.issue(request));
  }

  /**
   * Takes in a 401.
   *
   * @param sent the header it answers, or null
   * @param before how many of this request were taken in before
   * @return whether asking again makes sense
   * @throws UnauthenticatedException if the host has refused for good
   */
  boolean learn(Answer refusal, @Nullable String sent, int before) {
    List<String> headers = refusal.headers("WWW-Authenticate");
    List<Challenge> challenges = Challenge.parse(headers);
    if (challenges.isEmpty()) {
      return false;
    }
    Challenge best = challenges.getFirst();
    String error = best.parameter("error");
    if (before > 0 && (!error.isEmpty() || sent != null)) {
      throw new UnauthenticatedException(
          error.isEmpty()
              ? "authorization failed: %s refused what it asked for"
                  .formatted(refusal.uri().getAuthority())
              : "server message: %s: authorization failed".formatted(error));
    }
    if (sent != null && sent.startsWith("Bearer ")) {
      tokens.refuse(sent.substring("Bearer ".length()));
    }
    ways.put(origin(refusal.uri()), way(refusal.uri(), best, headers));
    return true;
  }

  private Way way(URI uri, Challenge challenge, List<String> headers) {
    Credentials mine =
        origin(uri).equals(endpoint.origin()) ? credentials(headers) : Credentials.NONE;
    if (mine instanceof Credentials.Header header) {
      return new Way.Fixed(header.value());
    }
    return switch (challenge.scheme()) {
      case BEARER -> bearer(uri, challenge, mine);
      case BASIC -> {
        if (mine instanceof Credentials.Password password
            && !password.user().isEmpty()
            && !password.secret().isEmpty()) {
          yield new Way.Fixed(TokenIssuer.basic(password));
        }
        throw new UnauthenticatedException(
            "no basic auth credentials: authorization failed: log in to " + uri.getAuthority());
      }
    };
  }

  private static Way bearer(URI uri, Challenge challenge, Credentials mine) {
    String realm = challenge.parameter("realm");
    if (!realm.startsWith("http://") && !realm.startsWith("https://")) {
      throw new UnauthenticatedException(
          "authorization failed: %s names no place to have tokens from (realm \"%s\")"
              .formatted(uri.getAuthority(), realm));
    }
    Set<String> scopes = new TreeSet<>(List.of(challenge.parameter("scope").split(" ", -1)));
    scopes.remove("");
    return new Way.Bearer(realm, challenge.parameter("service"), scopes, mine);
  }

  /** Of several who need them one asks, without a lock, and the others wait. */
  private Credentials credentials(List<String> challenges) {
    CompletableFuture<Credentials> mine = new CompletableFuture<>();
    CompletableFuture<Credentials> known = credentials.compareAndExchange(null, mine);
    if (known == null) {
      ask(challenges, mine);
      known = mine;
    }
    try {
      return known.get(WAIT_MINUTES, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof CanceledException canceled) {
        throw canceled;
      }
      throw unavailable(cause == null ? "no reason given" : String.valueOf(cause.getMessage()), e);
    } catch (TimeoutException e) {
      throw unavailable("no answer in " + WAIT_MINUTES + " minutes", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("wait for credentials: interrupted", e);
    }
  }

  private void ask(List<String> challenges, CompletableFuture<Credentials> answer) {
    try {
      answer.complete(source.credentials(endpoint.authority(), reference, challenges));
    } catch (IOException | RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  private UnauthenticatedException unavailable(String reason, Exception cause) {
    return new UnauthenticatedException(
        "credentials for %s cannot be had: %s".formatted(endpoint.authority(), reason), cause);
  }

  private static String origin(URI uri) {
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }
}
