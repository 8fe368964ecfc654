// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON as trees. Loaded only by commands that need it. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** An empty array. */
  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /**
   * Reads a document.
   *
   * @param what for the message
   * @throws InvalidArgumentException if it is not JSON
   */
  public static JsonNode parse(String what, byte[] document) {
    try {
      return MAPPER.readTree(document);
    } catch (IOException malformed) {
      throw new InvalidArgumentException("read %s: not json".formatted(what), malformed);
    }
  }

  /** The document in one line. */
  public static byte[] bytes(JsonNode tree) {
    try {
      return MAPPER.writeValueAsBytes(tree);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The document in one line. */
  public static String line(JsonNode tree) {
    return tree.toString();
  }

  /** The document with four spaces of indent, without a newline at its end. */
  public static String pretty(JsonNode tree) {
    return pretty(tree, 4);
  }

  /** The document with so many spaces of indent, without a newline at its end. */
  public static String pretty(JsonNode tree, int indent) {
    DefaultIndenter indenter = new DefaultIndenter(" ".repeat(indent), "\n");
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withObjectEmptySeparator("")
            .withArrayEmptySeparator("");
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter(separators);
    printer.indentObjectsWith(indenter);
    printer.indentArraysWith(indenter);
    try {
      return MAPPER.writer(printer).writeValueAsString(tree);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A tree of maps, collections, numbers, booleans and everything else as text. */
  public static JsonNode tree(@Nullable Object value) {
    return switch (value) {
      case null -> MAPPER.nullNode();
      case JsonNode node -> node;
      case Map<?, ?> map -> {
        ObjectNode object = object();
        map.forEach((key, item) -> object.set(String.valueOf(key), tree(item)));
        yield object;
      }
      case Collection<?> items -> {
        ArrayNode array = array();
        items.forEach(item -> array.add(tree(item)));
        yield array;
      }
      case Optional<?> optional -> tree(optional.orElse(null));
      case Integer number -> MAPPER.getNodeFactory().numberNode(number);
      case Long number -> MAPPER.getNodeFactory().numberNode(number);
      case Double number -> MAPPER.getNodeFactory().numberNode(number);
      case Boolean flag -> MAPPER.getNodeFactory().booleanNode(flag);
      default -> MAPPER.getNodeFactory().textNode(value.toString());
    };
  }
}
