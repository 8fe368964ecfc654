// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.plugins.PluginDetail;
import java.util.Comparator;
import java.util.List;

/** Finds the plugin that is meant. */
final class Names {
  private static final int NEAR_MAX = 5;

  private Names() {}

  /**
   * The plugin of this URI, or of this id.
   *
   * @throws NotFoundException if there is none
   * @throws InvalidArgumentException if several have the id
   */
  static PluginDetail find(String name, List<PluginDetail> plugins) {
    for (PluginDetail plugin : plugins) {
      if (uri(plugin).equals(name)) {
        return plugin;
      }
    }
    List<PluginDetail> found =
        plugins.stream().filter(plugin -> plugin.status().uri().id().equals(name)).toList();
    if (found.size() > 1) {
      throw new InvalidArgumentException(
          "explain plugin \"%s\": several have this id; say which: %s"
              .formatted(name, String.join(", ", found.stream().map(Names::uri).toList())));
    }
    if (found.isEmpty()) {
      List<String> near = near(name, plugins);
      String hint = near.isEmpty() ? "" : " (near it: %s)".formatted(String.join(", ", near));
      throw new NotFoundException("plugin \"%s\"%s: not found".formatted(name, hint));
    }
    return found.getFirst();
  }

  static String uri(PluginDetail plugin) {
    return plugin.status().uri().toString();
  }

  /** Those of the same type and those that are spelled alike, nearest first. */
  private static List<String> near(String name, List<PluginDetail> plugins) {
    return plugins.stream()
        .map(Names::uri)
        .filter(uri -> distance(name, uri) <= tolerance(name) || sameType(name, uri))
        .sorted(
            Comparator.comparingInt((String uri) -> distance(name, uri))
                .thenComparing(Comparator.naturalOrder()))
        .limit(NEAR_MAX)
        .toList();
  }

  private static int tolerance(String name) {
    return Math.max(2, name.lastIndexOf('.') < 0 ? name.length() / 3 : name.length() / 6);
  }

  private static boolean sameType(String name, String uri) {
    int dot = name.lastIndexOf('.');
    return dot > 0 && uri.startsWith(name.substring(0, dot + 1));
  }

  /** Of an id to ids, of a URI to URIs. */
  private static int distance(String name, String uri) {
    String other = name.indexOf('.') < 0 ? uri.substring(uri.lastIndexOf('.') + 1) : uri;
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= name.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (name.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
