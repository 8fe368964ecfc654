// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import static gantry.boot.config.Shape.Scalar.ANY;
import static gantry.boot.config.Shape.Scalar.DURATION;
import static gantry.boot.config.Shape.Scalar.FLAG;
import static gantry.boot.config.Shape.Scalar.NUMBER;
import static gantry.boot.config.Shape.Scalar.PLUGIN;
import static gantry.boot.config.Shape.Scalar.TEXT;

import gantry.boot.config.Shape.Array;
import gantry.boot.config.Shape.Choice;
import gantry.boot.config.Shape.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The shape of a whole configuration: version 4, and the tables that only older versions have. */
final class Shapes {
  static final List<String> LEVELS =
      List.of("trace", "debug", "info", "warn", "error", "fatal", "panic");

  /** Tables that version 4 has moved to plugins. */
  static final Set<String> LEGACY = Set.of("grpc", "ttrpc", "metrics");

  private static final Array TEXTS = new Array(TEXT);

  private static final Table DEBUG =
      closed(
          Map.of(
              "level", new Choice(LEVELS),
              "format", new Choice(List.of("text", "json")),
              "log_trace_id", FLAG,
              "address", TEXT,
              "uid", NUMBER,
              "gid", NUMBER));

  private static final Table GRPC =
      closed(
          Map.ofEntries(
              Map.entry("address", TEXT),
              Map.entry("tcp_address", TEXT),
              Map.entry("tcp_tls_ca", TEXT),
              Map.entry("tcp_tls_cert", TEXT),
              Map.entry("tcp_tls_key", TEXT),
              Map.entry("tcp_tls_common_name", TEXT),
              Map.entry("uid", NUMBER),
              Map.entry("gid", NUMBER),
              Map.entry("max_recv_message_size", NUMBER),
              Map.entry("max_send_message_size", NUMBER)));

  private static final Table TTRPC = closed(Map.of("address", TEXT, "uid", NUMBER, "gid", NUMBER));

  private static final Table METRICS = closed(Map.of("address", TEXT, "grpc_histogram", FLAG));

  private static final Table STREAM_PROCESSOR =
      closed(Map.of("accepts", TEXTS, "returns", TEXT, "path", TEXT, "args", TEXTS, "env", TEXTS));

  private static final Table PROXY =
      closed(
          Map.of(
              "type", TEXT,
              "address", TEXT,
              "platform", TEXT,
              "exports", named(TEXT),
              "capabilities", TEXTS));

  private static final Table TABLE = named(ANY);

  private Shapes() {}

  /**
   * The shape of a file.
   *
   * @param defaults of plugins, by URI; a plugin that is not among them may have any keys
   * @param version of the file; the oldest names plugins in short
   */
  static Table file(Map<String, Map<String, Object>> defaults, long version) {
    Array plugins = new Array(version < 2 ? TEXT : PLUGIN);
    Map<String, Shape> keys = new HashMap<>();
    keys.put("version", NUMBER);
    keys.put("root", TEXT);
    keys.put("state", TEXT);
    keys.put("temp", TEXT);
    keys.put("disabled_plugins", plugins);
    keys.put("required_plugins", plugins);
    keys.put("imports", TEXTS);
    keys.put("oom_score", NUMBER);
    keys.put("debug", DEBUG);
    keys.put("cgroup", closed(Map.of("path", TEXT)));
    keys.put("timeouts", named(DURATION));
    keys.put("plugin_dir", TEXT);
    keys.put("plugin_policy", closed(Map.of("signers", TEXT)));
    keys.put("stream_processors", named(STREAM_PROCESSOR));
    keys.put("proxy_plugins", named(PROXY));
    keys.put("grpc", GRPC);
    keys.put("ttrpc", TTRPC);
    keys.put("metrics", METRICS);
    keys.put("plugins", plugins(defaults));
    return closed(keys);
  }

  private static Table plugins(Map<String, Map<String, Object>> defaults) {
    Map<String, Shape> known = new HashMap<>();
    defaults.forEach((uri, table) -> known.put(uri, ofDefault(table)));
    return new Table(known, TABLE);
  }

  private static Shape ofDefault(Object value) {
    // Not a switch over types: its machinery is made anew in each process, which takes longer than
    // reading the file.
    if (value instanceof Map<?, ?> table) {
      Map<String, Shape> keys = new HashMap<>();
      table.forEach((key, inner) -> keys.put(String.valueOf(key), ofDefault(inner)));
      return closed(keys);
    }
    if (value instanceof List) {
      return new Array(ANY);
    }
    if (value instanceof Boolean) {
      return FLAG;
    }
    return value instanceof Long ? NUMBER : value instanceof String ? TEXT : ANY;
  }

  private static Table closed(Map<String, Shape> keys) {
    return new Table(keys, null);
  }

  private static Table named(Shape value) {
    return new Table(Map.of(), value);
  }
}
