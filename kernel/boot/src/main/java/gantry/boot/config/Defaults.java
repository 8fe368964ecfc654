// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import gantry.runtime.TaskLimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What holds where no file says anything. */
public final class Defaults {
  static final String ROOT = "/var/lib/gantry";
  static final String STATE = "/run/gantry";
  static final String ADDRESS = "/run/gantry/gantry.sock";
  static final String DIRECTORY = "/etc/gantry";

  /** How long a call waits for a plugin that is being replaced, and a swap for calls in flight. */
  public static final String TIMEOUT_PLUGIN = "io.gantry.timeout.plugin";

  /** How long a call may be in a plugin. */
  public static final String TIMEOUT_CALL = "io.gantry.timeout.call";

  /** How long the plugins of a bundle may take to start. */
  public static final String TIMEOUT_ACTIVATION = "io.gantry.timeout.activation";

  /** How long a replaced version is kept for the calls in it. */
  public static final String TIMEOUT_DRAIN = "io.gantry.timeout.drain";

  private static final long MESSAGE_SIZE = 16L << 20;
  private static final String SERVER = "io.containerd.server.v1.";

  private Defaults() {}

  /**
   * A tree of version 4.
   *
   * @param plugins defaults of the plugins that ship, by URI
   */
  static Map<String, Object> tree(Map<String, Map<String, Object>> plugins) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("version", Migration.CURRENT);
    tree.put("root", ROOT);
    tree.put("state", STATE);
    tree.put("temp", "");
    tree.put("disabled_plugins", new ArrayList<>());
    tree.put("required_plugins", new ArrayList<>());
    tree.put("oom_score", 0L);
    tree.put("imports", new ArrayList<>(List.of(DIRECTORY + "/conf.d/*.toml")));
    tree.put("debug", table("level", "", "format", "", "log_trace_id", false));
    tree.put("cgroup", table("path", ""));
    tree.put("timeouts", timeouts());
    tree.put("plugin_dir", "");
    tree.put("plugin_policy", table("signers", ""));
    Map<String, Object> tables = new LinkedHashMap<>();
    plugins.forEach((uri, table) -> tables.put(uri, Trees.copy(table)));
    Map<String, Object> grpc = server(Trees.table(tables, SERVER + "grpc"), ADDRESS);
    grpc.put("max_recv_message_size", MESSAGE_SIZE);
    grpc.put("max_send_message_size", MESSAGE_SIZE);
    tables.put(SERVER + "grpc", grpc);
    tables.put(SERVER + "ttrpc", server(Trees.table(tables, SERVER + "ttrpc"), ""));
    tree.put("plugins", tables);
    return tree;
  }

  private static Map<String, Object> timeouts() {
    Map<String, Object> timeouts =
        table(
            TIMEOUT_PLUGIN, "10s",
            TIMEOUT_CALL, "2m",
            TIMEOUT_ACTIVATION, "10s",
            TIMEOUT_DRAIN, "1m");
    for (TaskLimit limit : TaskLimit.values()) {
      long seconds = limit.standard().toSeconds();
      timeouts.put(limit.key(), seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s");
    }
    return timeouts;
  }

  /**
   * Reads the defaults that were taken from the components' own descriptions when the daemon was
   * packed.
   *
   * @param home where the daemon is installed; null for none
   */
  static Map<String, Map<String, Object>> plugins(@Nullable Path home) throws IOException {
    Map<String, Map<String, Object>> plugins = new LinkedHashMap<>();
    Path file = home == null ? null : home.resolve("lib/gantry/plugins.toml");
    if (file != null && Files.exists(file)) {
      Map<String, Object> tables = Trees.table(TomlFile.read(file).tree(), "plugins");
      tables.keySet().forEach(uri -> plugins.put(uri, Trees.table(tables, uri)));
    }
    return plugins;
  }

  private static Map<String, Object> server(Map<String, Object> table, String address) {
    table.put("address", address);
    table.putIfAbsent("uid", 0L);
    table.putIfAbsent("gid", 0L);
    return table;
  }

  private static Map<String, Object> table(Object... pairs) {
    Map<String, Object> table = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      table.put((String) pairs[i], pairs[i + 1]);
    }
    return table;
  }
}
