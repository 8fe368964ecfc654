// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.boot.config.DaemonConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The table of each plugin as its component gets it: the plugin's URI is the PID. A key {@code
 * sync_remove} reaches the component as {@code syncRemove}, {@code sync.remove} and as it is, so
 * that each way of writing it as a method of an annotation finds it. Tables inside are flattened,
 * their keys joined by dots; whole numbers are {@code Long}, arrays are arrays of their first
 * item's type.
 */
final class Tables {
  /** The plugin that runs stream processors; their table stands at the top level. */
  private static final String DIFFER = "io.containerd.differ.v1.walking";

  private static final String SATISFYING = "osgi.ds.satisfying.condition.target";
  private static final String DISABLED = "(osgi.condition.id=gantry.disabled)";

  private Tables() {}

  /** The tables by PID. */
  static Map<String, Map<String, Object>> of(DaemonConfig config) {
    Map<String, Map<String, Object>> tables = new TreeMap<>();
    config.plugins().keySet().forEach(uri -> tables.put(uri, dictionary(config.plugin(uri))));
    tables.computeIfAbsent(DIFFER, uri -> new HashMap<>()).putAll(processors(config));
    for (String uri : config.disabled()) {
      tables.computeIfAbsent(uri, key -> new HashMap<>()).put(SATISFYING, DISABLED);
    }
    Map<String, Object> timeouts = new HashMap<>();
    config.timeouts().forEach((key, value) -> timeouts.put(key, value.toString()));
    tables.put("gantry.timeouts", timeouts);
    return tables;
  }

  /** The PIDs whose tables differ, or that only one side has. */
  static Set<String> changed(
      Map<String, Map<String, Object>> before, Map<String, Map<String, Object>> after) {
    Set<String> pids = new TreeSet<>(before.keySet());
    pids.addAll(after.keySet());
    pids.removeIf(pid -> same(before.get(pid), after.get(pid)));
    return pids;
  }

  private static boolean same(
      @Nullable Map<String, Object> one, @Nullable Map<String, Object> two) {
    return one != null
        && two != null
        && one.keySet().equals(two.keySet())
        && one.keySet().stream().allMatch(key -> Objects.deepEquals(one.get(key), two.get(key)));
  }

  /** Keys {@code <id>/path} and so on: ids have dots in them, slashes they have not. */
  private static Map<String, Object> processors(DaemonConfig config) {
    Map<String, Object> dictionary = new HashMap<>();
    config
        .streamProcessors()
        .forEach(
            (id, table) -> {
              if (table instanceof Map<?, ?> keys) {
                keys.forEach(
                    (key, value) ->
                        dictionary.put(
                            id + "/" + key, value instanceof List<?> list ? array(list) : value));
              }
            });
    return dictionary;
  }

  private static Map<String, Object> dictionary(Map<String, Object> table) {
    Map<String, Object> dictionary = new HashMap<>();
    table.forEach((key, value) -> put(dictionary, "", key, value));
    return dictionary;
  }

  private static void put(Map<String, Object> dictionary, String prefix, String key, Object value) {
    if (value instanceof Map<?, ?> inner) {
      inner.forEach(
          (name, below) -> put(dictionary, prefix + key + ".", String.valueOf(name), below));
      return;
    }
    if (value instanceof List<?> list && !list.isEmpty() && list.getFirst() instanceof Map) {
      for (int i = 0; i < list.size(); i++) {
        put(dictionary, prefix + key + ".", Integer.toString(i), list.get(i));
      }
      return;
    }
    Object plain = value instanceof List<?> list ? array(list) : value;
    dictionary.put(prefix + key, plain);
    dictionary.put(prefix + camel(key), plain);
    dictionary.put(prefix + key.replace('_', '.'), plain);
  }

  private static Object array(List<?> list) {
    if (list.stream().allMatch(Long.class::isInstance) && !list.isEmpty()) {
      return list.toArray(Long[]::new);
    }
    return list.stream().map(String::valueOf).toArray(String[]::new);
  }

  private static String camel(String key) {
    StringBuilder camel = new StringBuilder();
    for (String word : key.split("_", -1)) {
      if (camel.isEmpty() || word.isEmpty()) {
        camel.append(word);
      } else {
        camel.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
      }
    }
    return camel.toString();
  }
}
