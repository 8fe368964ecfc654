// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rewrites the tree of a file into version {@value #CURRENT}, one version after another. What was
 * written for the newer place already is left as it is.
 */
final class Migration {
  static final long CURRENT = 4;

  private static final String PLUGINS = "plugins";

  /** Plugins whose short names in version 1 do not follow the rule. */
  private static final Map<String, String> SHORT_NAMES =
      Map.ofEntries(
          Map.entry("cgroups", "io.containerd.monitor.v1.cgroups"),
          Map.entry("linux", "io.containerd.runtime.v1.linux"),
          Map.entry("scheduler", "io.containerd.gc.v1.scheduler"),
          Map.entry("bolt", "io.containerd.metadata.v1.bolt"),
          Map.entry("task", "io.containerd.runtime.v2.task"),
          Map.entry("opt", "io.containerd.internal.v1.opt"),
          Map.entry("restart", "io.containerd.internal.v1.restart"),
          Map.entry("tracing", "io.containerd.internal.v1.tracing"),
          Map.entry("otlp", "io.containerd.tracing.processor.v1.otlp"),
          Map.entry("aufs", "io.containerd.snapshotter.v1.aufs"),
          Map.entry("btrfs", "io.containerd.snapshotter.v1.btrfs"),
          Map.entry("devmapper", "io.containerd.snapshotter.v1.devmapper"),
          Map.entry("native", "io.containerd.snapshotter.v1.native"),
          Map.entry("overlayfs", "io.containerd.snapshotter.v1.overlayfs"),
          Map.entry("zfs", "io.containerd.snapshotter.v1.zfs"));

  private Migration() {}

  /** Returns a tree of the current version; {@code tree} itself is not changed. */
  static Map<String, Object> toCurrent(Map<String, Object> tree) {
    Map<String, Object> result = Trees.copy(tree);
    long version = Math.max(1, Trees.number(tree, "version"));
    if (version < 2) {
      longNames(result);
    }
    if (version < 3) {
      splitPlugins(result);
    }
    if (version < 4) {
      ServerMigration.apply(result);
    }
    result.put("version", CURRENT);
    return result;
  }

  private static void longNames(Map<String, Object> tree) {
    Map<String, Object> plugins = new LinkedHashMap<>();
    Trees.table(tree, PLUGINS).forEach((name, value) -> plugins.put(longName(name), value));
    replace(tree, plugins);
    for (String list : List.of("disabled_plugins", "required_plugins")) {
      if (tree.containsKey(list)) {
        List<String> names = Trees.texts(tree, list).stream().map(Migration::longName).toList();
        tree.put(list, new ArrayList<Object>(names));
      }
    }
  }

  private static String longName(String name) {
    if (name.contains(".")) {
      return name;
    }
    String known = SHORT_NAMES.get(name);
    if (known != null) {
      return known;
    }
    return (name.endsWith("-service") ? "io.containerd.service.v1." : "io.containerd.grpc.v1.")
        + name;
  }

  private static void splitPlugins(Map<String, Object> tree) {
    Map<String, Object> plugins = Trees.table(tree, PLUGINS);
    CriMigration.apply(plugins);
    rename(plugins, "io.containerd.monitor.v1.cgroups", "io.containerd.monitor.task.v1.cgroups");
    rename(
        plugins, "io.containerd.internal.v1.restart", "io.containerd.monitor.container.v1.restart");
    moveSchedulingCore(plugins);
    replace(tree, plugins);
  }

  private static void moveSchedulingCore(Map<String, Object> plugins) {
    Map<String, Object> task = Trees.table(plugins, "io.containerd.runtime.v2.task");
    if (task.remove("sched_core") instanceof Boolean on) {
      plugins.put("io.containerd.runtime.v2.task", task);
      if (on) {
        Map<String, Object> manager = Trees.table(plugins, "io.containerd.shim.v1.manager");
        manager.putIfAbsent("env", new ArrayList<Object>(List.of("SCHED_CORE=1")));
        plugins.put("io.containerd.shim.v1.manager", manager);
      }
    }
  }

  private static void rename(Map<String, Object> plugins, String from, String to) {
    Object value = plugins.remove(from);
    if (value != null) {
      plugins.putIfAbsent(to, value);
    }
  }

  private static void replace(Map<String, Object> tree, Map<String, Object> plugins) {
    if (!plugins.isEmpty()) {
      tree.put(PLUGINS, plugins);
    }
  }
}
