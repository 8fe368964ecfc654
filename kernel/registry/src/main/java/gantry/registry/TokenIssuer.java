// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnauthenticatedException;
import gantry.errors.UnavailableException;
import gantry.transfer.Credentials;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks an authorization server for tokens: Docker's token protocol by GET, and its OAuth 2 form by
 * POST when there are credentials.
 */
final class TokenIssuer {
  private static final int ANSWER_BYTES_MAX = 1 << 20;
  private static final int REDIRECTS_MAX = 10;

  /** Fewer than a registry gets: there may be a mirror to go on with. */
  private static final int ATTEMPTS_MAX = 3;

  private static final Set<Integer> NO_POST = Set.of(400, 401, 404, 405);
  private static final JsonMapper JSON = new JsonMapper();

  private final Transport transport;
  private final Endpoint endpoint;
  private final Map<String, List<String>> headers;
  private final HttpLog log;
  private final RetryPolicy retries;
  private final Pauses pauses;

  /** Talks as the endpoint is talked to: the same certificates, proxies and headers. */
  TokenIssuer(Endpoint endpoint, Session.Shared shared) {
    this.endpoint = endpoint;
    transport = shared.transport();
    headers = Session.merged(shared.headers(), endpoint.headers());
    log = shared.log();
    retries = shared.retries();
    pauses = shared.pauses();
  }

  /**
   * A new token.
   *
   * @throws gantry.errors.GantryException of the kind of the server's refusal
   */
  Token issue(TokenRequest request) throws IOException {
    int attempts = Math.min(ATTEMPTS_MAX, retries.attempts());
    for (int attempt = 1; ; attempt++) {
      try {
        return issueOnce(request);
      } catch (UnavailableException | ResourceExhaustedException e) {
        if (attempt >= attempts) {
          throw e;
        }
        pauses.pause(retries.pause(attempt));
      }
    }
  }

  private Token issueOnce(TokenRequest request) throws IOException {
    return switch (request.credentials()) {
      case Credentials.Password password -> post(request, form(request, password), basic(password));
      case Credentials.RefreshToken token ->
          post(request, form(request, token), basic(new Credentials.Password("", token.token())));
      default -> read(get(request, null), "failed to fetch anonymous token");
    };
  }

  private Token post(TokenRequest request, Map<String, String> form, String basic)
      throws IOException {
    String doing = "failed to fetch oauth token";
    byte[] body = encode(form).getBytes(StandardCharsets.UTF_8);
    Call call =
        call("POST", URI.create(request.realm()))
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .upload(BytesBody.of(body), sent -> {});
    try (Answer answer = transport.send(endpoint, call, null, log)) {
      if (!NO_POST.contains(answer.status())) {
        return read(answer, doing);
      }
    }
    // many servers know only the older way
    return read(get(request, basic), doing);
  }

  private Answer get(TokenRequest request, @Nullable String basic) throws IOException {
    StringBuilder query = new StringBuilder();
    if (!request.service().isEmpty()) {
      query.append("&service=").append(encoded(request.service()));
    }
    request.scopes().forEach(scope -> query.append("&scope=").append(encoded(scope)));
    String text = request.realm();
    if (!query.isEmpty()) {
      text += (text.contains("?") ? "&" : "?") + query.substring(1);
    }
    URI uri = URI.create(text);
    String authorization = basic;
    for (int hop = 0; ; hop++) {
      Answer answer = transport.send(endpoint, call("GET", uri), authorization, log);
      String location = answer.header("Location").orElse("");
      if (answer.status() < 301 || answer.status() > 308 || location.isEmpty()) {
        return answer;
      }
      answer.close();
      if (hop == REDIRECTS_MAX) {
        throw new IOException("stopped after 10 redirects");
      }
      URI next = uri.resolve(location);
      if (!String.valueOf(next.getAuthority()).equals(uri.getAuthority())) {
        authorization = null;
      }
      uri = next;
    }
  }

  private Call call(String method, URI uri) {
    return new Call(method, uri, headers, null, sent -> {}, false);
  }

  private static Token read(Answer answer, String doing) throws IOException {
    try (answer) {
      if (answer.status() >= 400) {
        throw StatusErrors.of("failed to authorize: " + doing, answer);
      }
      byte[] json = answer.readAtMost(ANSWER_BYTES_MAX);
      JsonNode tree = JSON.readTree(json == null ? new byte[0] : json);
      String value = tree.path("access_token").asText(tree.path("token").asText(""));
      if (value.isEmpty()) {
        throw new UnauthenticatedException(
            "failed to authorize: %s: %s did not include a token in its answer"
                .formatted(doing, HttpLog.shown(answer.uri())));
      }
      return new Token(
          value, tree.path("expires_in").asLong(0), tree.path("refresh_token").asText(""));
    } catch (JsonProcessingException e) {
      throw new UnauthenticatedException(
          "failed to authorize: %s: %s answered no JSON: %s"
              .formatted(doing, HttpLog.shown(answer.uri()), e.getOriginalMessage()),
          e);
    }
  }

  private static Map<String, String> form(TokenRequest request, Credentials.Password password) {
    Map<String, String> form = form(request, "password");
    form.put("username", password.user());
    form.put("password", password.secret());
    return form;
  }

  private static Map<String, String> form(TokenRequest request, Credentials.RefreshToken token) {
    Map<String, String> form = form(request, "refresh_token");
    form.put("refresh_token", token.token());
    return form;
  }

  private static Map<String, String> form(TokenRequest request, String grant) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", grant);
    form.put("service", request.service());
    form.put("client_id", "containerd-client");
    if (!request.scopes().isEmpty()) {
      form.put("scope", String.join(" ", request.scopes()));
    }
    return form;
  }

  static String basic(Credentials.Password password) {
    String pair = password.user() + ":" + password.secret();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(Map<String, String> form) {
    StringBuilder text = new StringBuilder();
    form.forEach(
        (name, value) ->
            text.append(text.isEmpty() ? "" : "&")
                .append(encoded(name))
                .append('=')
                .append(encoded(value)));
    return text.toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
