// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Lets in who may: nobody asked, by name and password, or by tokens that are issued here. */
final class TokenDesk {
  /** How the registry authenticates. */
  enum Scheme {
    NONE,
    BASIC,
    BEARER
  }

  private final Scheme scheme;
  private final String user;
  private final String secret;
  private final Set<String> openRepositories;
  private final int expiresIn;

  /** Scopes by token. */
  private final Map<String, Set<String>> tokens = new ConcurrentHashMap<>();

  private final String refreshToken = UUID.randomUUID().toString();

  TokenDesk(
      Scheme scheme, String user, String secret, Set<String> openRepositories, int expiresIn) {
    this.scheme = scheme;
    this.user = user;
    this.secret = secret;
    this.openRepositories = openRepositories;
    this.expiresIn = expiresIn;
  }

  String refreshToken() {
    return refreshToken;
  }

  void revokeTokens() {
    tokens.clear();
  }

  /** Null if the request may pass. */
  @Nullable Reply refusal(HttpExchange exchange, String base, String repository, String action) {
    String given = exchange.getRequestHeaders().getFirst("Authorization");
    return switch (scheme) {
      case NONE -> null;
      case BASIC ->
          basic().equals(given)
              ? null
              : Reply.error(401, "UNAUTHORIZED", "authentication required")
                  .with("WWW-Authenticate", "Basic realm=\"faulty\"");
      case BEARER -> bearerRefusal(given, base, "repository:" + repository + ":", action);
    };
  }

  private @Nullable Reply bearerRefusal(
      @Nullable String given, String base, String scopePrefix, String action) {
    String header = given == null ? "" : given;
    boolean known = header.startsWith("Bearer ");
    Set<String> scopes = known ? tokens.get(header.substring("Bearer ".length())) : null;
    boolean suffices =
        scopes != null
            && scopes.stream()
                .filter(s -> s.startsWith(scopePrefix))
                .anyMatch(
                    s -> List.of(s.substring(scopePrefix.length()).split(",")).contains(action));
    if (suffices) {
      return null;
    }
    String error =
        !known ? "" : scopes == null ? ",error=\"invalid_token\"" : ",error=\"insufficient_scope\"";
    String wanted = action.equals("push") ? "pull,push" : action;
    return Reply.error(401, "UNAUTHORIZED", "authentication required")
        .with(
            "WWW-Authenticate",
            "Bearer realm=\"%s/token\",service=\"faulty\",scope=\"%s%s\"%s"
                .formatted(base, scopePrefix, wanted, error));
  }

  /** Answers at the token endpoint, to GET and to OAuth's POST. */
  Reply issue(HttpExchange exchange) throws IOException {
    boolean post = exchange.getRequestMethod().equals("POST");
    String text =
        post
            ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
            : String.valueOf(exchange.getRequestURI().getRawQuery());
    Map<String, List<String>> form = form(text);
    String header = exchange.getRequestHeaders().getFirst("Authorization");
    boolean named = post ? postIsRight(form) : basic().equals(header);
    if (!named && (post || header != null)) {
      return Reply.error(401, "UNAUTHORIZED", "incorrect username or password");
    }
    Set<String> granted = new LinkedHashSet<>();
    for (String scope : form.getOrDefault("scope", List.of())) {
      for (String one : scope.split(" ", -1)) {
        String repository = one.substring(one.indexOf(':') + 1, one.lastIndexOf(':'));
        if (named) {
          granted.add(one);
        } else if (openRepositories.contains(repository)) {
          granted.add("repository:" + repository + ":pull");
        }
      }
    }
    String token = UUID.randomUUID().toString();
    tokens.put(token, granted);
    return Reply.json(
        200,
        "{\"%s\":\"%s\",\"expires_in\":%d,\"refresh_token\":\"%s\"}"
            .formatted(
                post ? "access_token" : "token", token, expiresIn, post ? refreshToken : ""));
  }

  private boolean postIsRight(Map<String, List<String>> form) {
    String grant = form.getOrDefault("grant_type", List.of("")).getFirst();
    return switch (grant) {
      case "password" ->
          form.getOrDefault("username", List.of("")).getFirst().equals(user)
              && form.getOrDefault("password", List.of("")).getFirst().equals(secret);
      case "refresh_token" ->
          form.getOrDefault("refresh_token", List.of("")).getFirst().equals(refreshToken);
      default -> false;
    };
  }

  private String basic() {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, List<String>> form(String text) {
    Map<String, List<String>> form = new ConcurrentHashMap<>();
    for (String pair : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        form.computeIfAbsent(
                URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
                name -> new ArrayList<>())
            .add(URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return form;
  }
}
