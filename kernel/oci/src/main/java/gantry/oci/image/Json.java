// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON of unknown origin: a name twice in one object is refused, because two readers might
 * choose differently; unknown names are fine, wrong types are not.
 */
final class Json {
  private static final int DEPTH_MAX = 64;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /** The object these bytes are; {@code what} is named in errors. */
  static ObjectNode object(String what, byte[] json) {
    if (node(what, json) instanceof ObjectNode object) {
      return object;
    }
    throw wrong(what, "it is not a json object");
  }

  /** Whatever these bytes are. */
  static JsonNode node(String what, byte[] json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new InvalidArgumentException(
          "parse %s: it is not valid json: %s".formatted(what, e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory failed", e);
    }
  }

  /** A new object. */
  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /**
   * In the order of insertion, without white space and with the escapes that Go's writer makes, so
   * that the same document has the same digest there.
   */
  static byte[] bytes(JsonNode tree) {
    try {
      return MAPPER
          .writeValueAsString(tree)
          .replace("&", "\\u0026")
          .replace("<", "\\u003c")
          .replace(">", "\\u003e")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree could not be written", e);
    }
  }

  /** Whether something other than null is there. */
  static boolean has(JsonNode object, String name) {
    return object.hasNonNull(name);
  }

  /** A text; empty if absent. */
  static String text(String what, JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isTextual()) {
      throw wrong(what, "\"%s\" is not a text".formatted(name));
    }
    return value.textValue();
  }

  /** A whole number of at least 0. */
  static long count(String what, JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0) {
      throw wrong(what, "\"%s\" is not a number of bytes".formatted(name));
    }
    return value.longValue();
  }

  /** An object, or null if absent. */
  static @Nullable ObjectNode child(String what, JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (value instanceof ObjectNode child) {
      return child;
    }
    throw wrong(what, "\"%s\" is not an object".formatted(name));
  }

  /** A list; empty if absent. The reader is told the place of each item. */
  static <T> List<T> list(
      String what, JsonNode object, String name, BiFunction<String, JsonNode, T> reader) {
    JsonNode value = object.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return List.of();
    }
    if (!value.isArray()) {
      throw wrong(what, "\"%s\" is not a list".formatted(name));
    }
    List<T> items = new ArrayList<>(value.size());
    for (JsonNode item : value) {
      items.add(reader.apply("%s: %s[%d]".formatted(what, name, items.size()), item));
    }
    return List.copyOf(items);
  }

  /** A list of texts; empty if absent. */
  static List<String> texts(String what, JsonNode object, String name) {
    return list(
        what,
        object,
        name,
        (place, item) -> {
          if (!item.isTextual()) {
            throw wrong(place, "it is not a text");
          }
          return item.textValue();
        });
  }

  /** An object of texts; empty if absent. */
  static Map<String, String> map(String what, JsonNode object, String name) {
    JsonNode value = child(what, object, name);
    if (value == null) {
      return Map.of();
    }
    Map<String, String> map = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      if (!entry.getValue().isTextual()) {
        throw wrong(what, "\"%s\" of \"%s\" is not a text".formatted(entry.getKey(), name));
      }
      map.put(entry.getKey(), entry.getValue().textValue());
    }
    return Map.copyOf(map);
  }

  static InvalidArgumentException wrong(String what, String reason) {
    return new InvalidArgumentException("parse %s: %s".formatted(what, reason));
  }
}
