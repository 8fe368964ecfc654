// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import gantry.plugins.ConfigDifference;
import gantry.plugins.ConfigDifference.Effect;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds the configuration that files say against the one in force, key by key. Some keys count from
 * the next start only: where things lie, what the process is to its host, and the sockets, which
 * clients are connected to.
 */
public final class Differences {
  private static final Set<String> RESTART =
      Set.of(
          "version",
          "root",
          "state",
          "temp",
          "oom_score",
          "cgroup",
          "plugin_dir",
          "proxy_plugins",
          "required_plugins");
  private static final String PLUGINS = "plugins";
  private static final String DISABLED = "disabled_plugins";
  private static final String SOCKETS = "io.containerd.server.v1.";
  private static final List<String> DISABLED_PATH = List.of(DISABLED);

  private final DaemonConfig inForce;
  private final DaemonConfig files;

  /** Compares two configurations. */
  public Differences(DaemonConfig inForce, DaemonConfig files) {
    this.inForce = inForce;
    this.files = files;
  }

  /** All keys that differ, by name. */
  public List<ConfigDifference> list() {
    Map<List<String>, Object> before = leaves(inForce.tree());
    Map<List<String>, Object> after = leaves(files.tree());
    Map<String, List<String>> paths = new TreeMap<>();
    Set<List<String>> all = new LinkedHashSet<>(before.keySet());
    all.addAll(after.keySet());
    all.forEach(path -> paths.put(TomlWriter.key(path), path));
    List<ConfigDifference> differences = new ArrayList<>();
    paths.forEach(
        (key, path) -> {
          Object old = before.get(path);
          Object now = after.get(path);
          if (!Objects.equals(old, now)) {
            effects(path)
                .forEach(
                    effect ->
                        differences.add(new ConfigDifference(key, text(old), text(now), effect)));
          }
        });
    return List.copyOf(differences);
  }

  /** What can be in force without a restart: as the files say, but for keys that need one. */
  public DaemonConfig live() {
    Map<String, Object> tree = Trees.copy(files.tree());
    RESTART.forEach(key -> keep(tree, inForce.tree(), key));
    Map<String, Object> plugins = Trees.table(tree, PLUGINS);
    Map<String, Object> old = inForce.plugins();
    Set<String> uris = new LinkedHashSet<>(plugins.keySet());
    uris.addAll(old.keySet());
    uris.stream().filter(Differences::isSocket).forEach(uri -> keep(plugins, old, uri));
    tree.put(PLUGINS, plugins);
    List<Object> disabled = new ArrayList<>(files.disabled());
    disabled.removeIf(uri -> isSocket(String.valueOf(uri)));
    inForce.disabled().stream().filter(Differences::isSocket).forEach(disabled::add);
    tree.put(DISABLED, disabled);
    return new DaemonConfig(tree, files.warnings(), files.places());
  }

  private List<Effect> effects(List<String> path) {
    if (path.equals(DISABLED_PATH)) {
      return disabledEffects();
    }
    boolean socket = path.getFirst().equals(PLUGINS) && path.size() > 1 && isSocket(path.get(1));
    return List.of(socket || RESTART.contains(path.getFirst()) ? Effect.RESTART : Effect.LIVE);
  }

  /** The one key of which a part may count at once and a part later. */
  private List<Effect> disabledEffects() {
    Set<String> changed = new LinkedHashSet<>(inForce.disabled());
    files.disabled().stream().filter(uri -> !changed.remove(uri)).toList().forEach(changed::add);
    List<Effect> effects = new ArrayList<>();
    if (changed.isEmpty() || changed.stream().anyMatch(uri -> !isSocket(uri))) {
      effects.add(Effect.LIVE);
    }
    if (changed.stream().anyMatch(Differences::isSocket)) {
      effects.add(Effect.RESTART);
    }
    return effects;
  }

  private static boolean isSocket(String uri) {
    return uri.startsWith(SOCKETS);
  }

  private static void keep(Map<String, Object> tree, Map<String, Object> old, String key) {
    Object value = old.get(key);
    if (value == null) {
      tree.remove(key);
    } else {
      tree.put(key, value);
    }
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : TomlWriter.value(value);
  }

  /** Every value that is no table, by the names on the way to it. */
  private static Map<List<String>, Object> leaves(Map<String, Object> tree) {
    Map<List<String>, Object> leaves = new LinkedHashMap<>();
    collect(List.of(), tree, leaves);
    return leaves;
  }

  private static void collect(
      List<String> path, Map<?, ?> table, Map<List<String>, Object> leaves) {
    table.forEach(
        (name, value) -> {
          List<String> inner = new ArrayList<>(path);
          inner.add(String.valueOf(name));
          if (value instanceof Map<?, ?> below) {
            collect(inner, below, leaves);
          } else {
            leaves.put(List.copyOf(inner), value);
          }
        });
  }
}
