// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.events.Event;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events as JSON with the field names of the wire; fields without a value are left out. */
final class EventJson {
  private EventJson() {}

  static JsonNode of(Event event) {
    return switch (event) {
      case Event.ContainerCreate create ->
          Json.object()
              .put("id", create.id())
              .put("image", create.image())
              .set("runtime", Json.object().put("name", create.runtime()));
      case Event.Opaque opaque -> Json.object().put("type_url", opaque.value().typeUrl());
      default -> object((Record) event);
    };
  }

  private static ObjectNode object(Record record) {
    ObjectNode object = Json.object();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(record, component);
      if (!isEmpty(value)) {
        object.set(wireName(component.getName()), node(value));
      }
    }
    return object;
  }

  private static JsonNode node(@Nullable Object value) {
    return switch (value) {
      case Record nested -> object(nested);
      case List<?> items -> {
        ArrayNode array = Json.array();
        items.forEach(item -> array.add(node(item)));
        yield array;
      }
      case null, default -> Json.tree(value);
    };
  }

  private static @Nullable Object value(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean isEmpty(@Nullable Object value) {
    return switch (value) {
      case null -> true;
      case String text -> text.isEmpty();
      case Number number -> number.longValue() == 0;
      case Boolean flag -> !flag;
      case Collection<?> items -> items.isEmpty();
      case Map<?, ?> map -> map.isEmpty();
      default -> false;
    };
  }

  private static String wireName(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
