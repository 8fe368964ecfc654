// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import gantry.cli.command.Json;
import java.util.List;

/** A message as JSON with the field names of the wire; fields without a value are left out. */
final class MessageJson {
  private MessageJson() {}

  static JsonNode of(Message message) {
    ObjectNode object = Json.object();
    message
        .getAllFields()
        .forEach((field, value) -> object.set(field.getName(), node(field, value)));
    return object;
  }

  private static JsonNode node(FieldDescriptor field, Object value) {
    if (field.isRepeated()) {
      ArrayNode array = Json.array();
      ((List<?>) value).forEach(item -> array.add(scalar(item)));
      return array;
    }
    return scalar(value);
  }

  private static JsonNode scalar(Object value) {
    return value instanceof Message nested ? of(nested) : Json.tree(value);
  }
}
