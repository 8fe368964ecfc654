// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Version 3 to 4: what the top level said of servers goes to the plugins that are the servers. */
final class ServerMigration {
  private static final String SERVER = "io.containerd.server.v1.";
  private static final List<String> SIZES =
      List.of("max_recv_message_size", "max_send_message_size");

  private final Map<String, Object> grpc;
  private final Map<String, Object> ttrpc;
  private final Map<String, Object> debug;
  private final Map<String, Object> metrics;
  private final Map<String, Object> plugins;

  private ServerMigration(Map<String, Object> tree) {
    grpc = Trees.table(tree, "grpc");
    ttrpc = Trees.table(tree, "ttrpc");
    debug = Trees.table(tree, "debug");
    metrics = Trees.table(tree, "metrics");
    plugins = Trees.table(tree, "plugins");
  }

  /** Changes the tree. */
  static void apply(Map<String, Object> tree) {
    ServerMigration migration = new ServerMigration(tree);
    migration.grpc();
    migration.tcp();
    migration.ttrpc();
    migration.debug();
    migration.metrics();
    Shapes.LEGACY.forEach(tree::remove);
    if (tree.containsKey("debug")) {
      tree.put("debug", migration.debug);
    }
    if (!migration.plugins.isEmpty()) {
      tree.put("plugins", migration.plugins);
    }
  }

  private void grpc() {
    Map<String, Object> table = take(grpc, List.of("address", "uid", "gid"));
    table.putAll(take(grpc, SIZES));
    put(SERVER + "grpc", table);
  }

  private void tcp() {
    if (Trees.text(grpc, "tcp_address").isEmpty()) {
      return;
    }
    Map<String, Object> table = new LinkedHashMap<>();
    grpc.forEach(
        (key, value) -> {
          if (key.startsWith("tcp_")) {
            table.put(key.substring("tcp_".length()), value);
          }
        });
    table.putAll(take(grpc, SIZES));
    put(SERVER + "grpc-tcp", table);
  }

  /**
   * Where nothing else is said the socket of ttrpc lies beside the other and belongs to the same.
   */
  private void ttrpc() {
    Map<String, Object> table = take(ttrpc, List.of("address", "uid", "gid"));
    String address = Trees.text(grpc, "address");
    if (!table.containsKey("address") && !address.isEmpty()) {
      table.put("address", address + ".ttrpc");
      take(grpc, List.of("uid", "gid")).forEach(table::putIfAbsent);
    }
    put(SERVER + "ttrpc", table);
  }

  private void debug() {
    Map<String, Object> table = take(debug, List.of("address", "uid", "gid"));
    if (table.containsKey("address")) {
      put(SERVER + "debug", table);
    }
    List.of("address", "uid", "gid").forEach(debug::remove);
  }

  private void metrics() {
    put(SERVER + "metrics", take(metrics, List.of("address")));
    if (Trees.flag(metrics, "grpc_histogram")) {
      put("io.containerd.metrics.v1.grpc-prometheus", Map.of("grpc_histogram", true));
    }
  }

  private void put(String plugin, Map<String, Object> table) {
    if (!table.isEmpty()) {
      plugins.putIfAbsent(plugin, table);
    }
  }

  /** The values at these keys that say something. */
  private static Map<String, Object> take(Map<String, Object> table, List<String> keys) {
    Map<String, Object> taken = new LinkedHashMap<>();
    for (String key : keys) {
      Object value = table.get(key);
      if (value != null && !value.equals("") && !value.equals(0L)) {
        taken.put(key, value);
      }
    }
    return taken;
  }
}
