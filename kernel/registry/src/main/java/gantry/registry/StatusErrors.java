// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.OutOfRangeException;
import gantry.errors.PermissionDeniedException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnauthenticatedException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.errors.UnknownException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Turns answers that are errors into exceptions of their kind. */
final class StatusErrors {
  /** Characters of a registry's own words in a message. */
  private static final int WORDS_MAX = 1000;

  private static final JsonMapper JSON = new JsonMapper();

  private StatusErrors() {}

  /** Reads the answer's body; what the registry says in it becomes part of the message. */
  static GantryException of(String doing, Answer answer) {
    return of(doing, answer, answer.errorBody());
  }

  static GantryException of(String doing, Answer answer, String body) {
    String retry =
        answer.header("Retry-After").map(v -> "; try again after " + seconds(v)).orElse("");
    String text =
        (doing.isEmpty() ? "" : doing + ": ")
            + "unexpected status from %s request to %s: %d%s"
                .formatted(
                    answer.method(),
                    HttpLog.shown(answer.uri()),
                    answer.status(),
                    reason(answer.status()))
            + registryWords(body)
            + retry;
    return switch (answer.status()) {
      case 400 -> new InvalidArgumentException(text);
      case 401 -> new UnauthenticatedException(text);
      case 403 -> new PermissionDeniedException(text);
      case 404, 410 -> new NotFoundException(text);
      case 405, 501 -> new UnimplementedException(text);
      case 409, 412 -> new FailedPreconditionException(text);
      case 413, 429, 507 -> new ResourceExhaustedException(text);
      case 416 -> new OutOfRangeException(text);
      case 408, 500, 502, 503, 504 -> new UnavailableException(text);
      default -> new UnknownException(text);
    };
  }

  private static String seconds(String value) {
    return value.chars().allMatch(Character::isDigit) ? value + " s" : value;
  }

  /** The errors of the distribution specification: {@code : code: message} for each. */
  private static String registryWords(String body) {
    if (!body.startsWith("{")) {
      return "";
    }
    try {
      List<String> words = new ArrayList<>();
      for (JsonNode error : JSON.readTree(body).path("errors")) {
        String code = error.path("code").asText("unknown").toLowerCase(Locale.ROOT);
        String message = error.path("message").asText("");
        String detail = error.path("detail").isTextual() ? error.path("detail").asText() : "";
        words.add(
            code.replace('_', ' ')
                + (message.isEmpty() ? "" : ": " + message)
                + (detail.isEmpty() ? "" : " (" + detail + ")"));
      }
      String all = String.join("; ", words);
      return all.isEmpty()
          ? ""
          : ": " + (all.length() > WORDS_MAX ? all.substring(0, WORDS_MAX) + "…" : all);
    } catch (JsonProcessingException e) {
      return "";
    }
  }

  private static String reason(int status) {
    return switch (status) {
      case 400 -> " Bad Request";
      case 401 -> " Unauthorized";
      case 403 -> " Forbidden";
      case 404 -> " Not Found";
      case 405 -> " Method Not Allowed";
      case 408 -> " Request Timeout";
      case 409 -> " Conflict";
      case 412 -> " Precondition Failed";
      case 413 -> " Request Entity Too Large";
      case 416 -> " Requested Range Not Satisfiable";
      case 429 -> " Too Many Requests";
      case 500 -> " Internal Server Error";
      case 501 -> " Not Implemented";
      case 502 -> " Bad Gateway";
      case 503 -> " Service Unavailable";
      case 504 -> " Gateway Timeout";
      default -> "";
    };
  }
}
