// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import gantry.boot.config.DaemonConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Hands each plugin its table: the plugin's URI is the PID. A key {@code sync_remove} reaches the
 * component as {@code syncRemove}, {@code sync.remove} and as it is, so that each way of writing it
 * as a method of an annotation finds it. Tables inside are flattened, their keys joined by dots;
 * whole numbers are {@code Long}, arrays are arrays of their first item's type.
 */
final class Configurations {
  /** Services with this location can be bound by bundles from anywhere. */
  private static final String ANY_BUNDLE = "?";

  /** The plugin that runs stream processors; their table stands at the top level. */
  private static final String DIFFER = "io.containerd.differ.v1.walking";

  private static final String SATISFYING = "osgi.ds.satisfying.condition.target";
  private static final String DISABLED = "(osgi.condition.id=gantry.disabled)";

  private Configurations() {}

  static void feed(BundleContext context, DaemonConfig config) throws IOException {
    ServiceReference<ConfigurationAdmin> reference =
        context.getServiceReference(ConfigurationAdmin.class);
    ConfigurationAdmin admin = reference == null ? null : context.getService(reference);
    if (admin == null) {
      throw new IllegalStateException("the configuration admin must start before the kernel");
    }
    for (String uri : config.plugins().keySet()) {
      if (!config.disabled().contains(uri)) {
        update(admin, uri, dictionary(config.plugin(uri)));
      }
    }
    if (!config.disabled().contains(DIFFER)) {
      Map<String, Object> differ = dictionary(config.plugin(DIFFER));
      differ.putAll(processors(config));
      update(admin, DIFFER, differ);
    }
    for (String uri : config.disabled()) {
      Map<String, Object> dictionary = dictionary(config.plugin(uri));
      dictionary.put(SATISFYING, DISABLED);
      update(admin, uri, dictionary);
    }
    Map<String, Object> timeouts = new HashMap<>();
    config.timeouts().forEach((key, value) -> timeouts.put(key, value.toString()));
    update(admin, "gantry.timeouts", timeouts);
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

  private static void update(ConfigurationAdmin admin, String pid, Map<String, Object> dictionary)
      throws IOException {
    admin.getConfiguration(pid, ANY_BUNDLE).update(FrameworkUtil.asDictionary(dictionary));
  }

  static Map<String, Object> dictionary(Map<String, Object> table) {
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
