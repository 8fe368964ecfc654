// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.FailedPreconditionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One network: a list of programs and what each is told. The format is that of the CNI
 * specification, a {@code conflist}; a single {@code conf} becomes a list of one.
 *
 * @param json the list; has {@code name} and {@code plugins}
 */
record NetworkConfig(ObjectNode json) {
  private static final String FIRST_VERSION = "0.1.0";
  private static final int[] CHECK_VERSION = {0, 4, 0};

  /**
   * Checks and wraps a configuration.
   *
   * @param where names its file in errors
   * @throws FailedPreconditionException if it is not one
   */
  static NetworkConfig of(JsonNode json, String where) {
    if (!(json instanceof ObjectNode object)) {
      throw broken(where, "is not a JSON object");
    }
    ObjectNode list = object.has("plugins") ? object : single(object);
    if (list.path("name").asText("").isEmpty()) {
      throw broken(where, "has no \"name\"");
    }
    for (JsonNode plugin : list.path("plugins")) {
      String type = plugin.path("type").asText("");
      if (type.isEmpty() || type.contains("/")) {
        throw broken(where, "has a plugin whose \"type\" is no program's name: \"" + type + "\"");
      }
    }
    return new NetworkConfig(list);
  }

  private static ObjectNode single(ObjectNode plugin) {
    ObjectNode list = plugin.objectNode();
    list.set("name", plugin.path("name"));
    if (plugin.has("cniVersion")) {
      list.set("cniVersion", plugin.get("cniVersion"));
    }
    ArrayNode plugins = list.putArray("plugins");
    plugins.add(plugin);
    return list;
  }

  String name() {
    return json.path("name").asText();
  }

  String version() {
    return json.path("cniVersion").asText(FIRST_VERSION);
  }

  List<ObjectNode> plugins() {
    List<ObjectNode> plugins = new ArrayList<>();
    for (JsonNode plugin : json.path("plugins")) {
      if (plugin instanceof ObjectNode object) {
        plugins.add(object);
      }
    }
    return plugins;
  }

  /** Whether the network's version knows {@code CHECK} and earlier results on deletion. */
  boolean isCheckable() {
    return Arrays.compare(numbers(version()), CHECK_VERSION) >= 0;
  }

  boolean isCheckDisabled() {
    return json.path("disableCheck").asBoolean(false);
  }

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\.", -1))
        .mapToInt(word -> word.matches("[0-9]{1,6}") ? Integer.parseInt(word) : 0)
        .toArray();
  }

  private static FailedPreconditionException broken(String where, String what) {
    return new FailedPreconditionException("network configuration %s %s".formatted(where, what));
  }
}
