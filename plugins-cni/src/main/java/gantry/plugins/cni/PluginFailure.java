// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a network program says when it fails: a JSON object with {@code code}, {@code msg} and
 * {@code details}. Codes below 100 are the specification's.
 */
final class PluginFailure {
  private static final int INCOMPATIBLE_VERSION = 1;
  private static final int UNSUPPORTED_FIELD = 2;
  private static final int INVALID_ENVIRONMENT = 4;
  private static final int INVALID_CONFIG = 7;
  private static final int TRY_AGAIN_LATER = 11;
  private static final int NOT_AVAILABLE = 50;
  private static final int LIMITED = 51;

  private PluginFailure() {}

  /** The error for a program that ended with a status other than 0. */
  static GantryException of(String task, int status, byte[] output, byte[] errors) {
    JsonNode said = parse(output);
    String message = said.path("msg").asText("");
    if (message.isEmpty()) {
      String text = new String(errors, StandardCharsets.UTF_8).strip();
      return new InternalException(
          "%s: exit status %d: %s".formatted(task, status, text.isEmpty() ? "no message" : text));
    }
    String details = said.path("details").asText("");
    String text = task + ": " + message + (details.isEmpty() ? "" : "; " + details);
    return switch (said.path("code").asInt()) {
      case TRY_AGAIN_LATER, NOT_AVAILABLE, LIMITED -> new UnavailableException(text);
      case INCOMPATIBLE_VERSION, UNSUPPORTED_FIELD, INVALID_CONFIG ->
          new FailedPreconditionException(text);
      case INVALID_ENVIRONMENT -> new InvalidArgumentException(text);
      default -> new InternalException(text);
    };
  }

  private static JsonNode parse(byte[] output) {
    ObjectMapper json = new ObjectMapper();
    try {
      return json.readTree(output);
    } catch (IOException e) {
      return json.missingNode();
    }
  }
}
