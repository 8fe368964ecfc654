// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Typed looks into a checked tree. Values of the wrong type were reported before and count as
 * absent.
 */
final class Trees {
  private Trees() {}

  /** The table at a key; an empty one if there is none. Changes to it do not reach the tree. */
  static Map<String, Object> table(Map<String, Object> tree, String key) {
    return tree.get(key) instanceof Map<?, ?> inner ? copy(inner) : new LinkedHashMap<>();
  }

  static String text(Map<String, Object> tree, String key) {
    return tree.get(key) instanceof String text ? text : "";
  }

  static long number(Map<String, Object> tree, String key) {
    return tree.get(key) instanceof Long number ? number : 0;
  }

  static boolean flag(Map<String, Object> tree, String key) {
    return tree.get(key) instanceof Boolean flag && flag;
  }

  static List<String> texts(Map<String, Object> tree, String key) {
    return tree.get(key) instanceof List<?> list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  /** A copy that shares no table with the original. */
  static Map<String, Object> copy(Map<?, ?> tree) {
    Map<String, Object> copy = new LinkedHashMap<>();
    tree.forEach(
        (key, value) ->
            copy.put(String.valueOf(key), value instanceof Map<?, ?> inner ? copy(inner) : value));
    return copy;
  }
}
