// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Lays a later file over what earlier ones said. At the top level an empty value cannot take an
 * earlier one back, and arrays are joined without repeats. Tables of plugins are merged key by key,
 * arrays in them replaced. In the other tables with names each entry is replaced whole.
 */
final class Merge {
  private static final Set<String> WHOLE_ENTRIES =
      Set.of("stream_processors", "proxy_plugins", "timeouts");

  private Merge() {}

  /** Changes {@code base}. */
  static void over(Map<String, Object> base, Map<String, Object> later) {
    later.forEach((key, value) -> base.merge(key, value, (old, now) -> top(key, old, now)));
  }

  private static Object top(String key, Object old, Object now) {
    if (old instanceof Map<?, ?> below && now instanceof Map<?, ?> above) {
      Map<String, Object> merged = Trees.copy(below);
      if (WHOLE_ENTRIES.contains(key)) {
        merged.putAll(Trees.copy(above));
      } else {
        deep(merged, Trees.copy(above), key.equals("plugins"));
      }
      return merged;
    }
    if (old instanceof List<?> first && now instanceof List<?> second) {
      Set<Object> union = new LinkedHashSet<>(first);
      union.addAll(second);
      return new ArrayList<>(union);
    }
    return isZero(now) ? old : now;
  }

  private static void deep(Map<String, Object> base, Map<String, Object> later, boolean zeroes) {
    later.forEach(
        (key, now) ->
            base.merge(
                key,
                now,
                (old, value) -> {
                  if (old instanceof Map<?, ?> below && value instanceof Map<?, ?> above) {
                    Map<String, Object> merged = Trees.copy(below);
                    deep(merged, Trees.copy(above), zeroes);
                    return merged;
                  }
                  return zeroes || !isZero(value) ? value : old;
                }));
  }

  private static boolean isZero(Object value) {
    return value.equals("") || value.equals(0L) || value.equals(false);
  }
}
