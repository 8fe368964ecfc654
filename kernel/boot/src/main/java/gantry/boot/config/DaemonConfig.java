// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import gantry.plugins.GoDuration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the daemon goes by: files merged, flags applied, defaults filled in.
 *
 * @param tree of version 4; {@code config dump} prints it
 * @param warnings to be logged once a log is there
 * @param places where it was read from, in order, and where it would be; a last segment may have
 *     asterisks
 */
public record DaemonConfig(Map<String, Object> tree, List<Problem> warnings, List<Path> places) {
  private static final String GRPC = "io.containerd.server.v1.grpc";

  /** Where plugins keep what outlives a reboot; absolute. */
  public Path root() {
    return Path.of(Trees.text(tree, "root")).toAbsolutePath().normalize();
  }

  /** Where plugins keep what does not; absolute. */
  public Path state() {
    return Path.of(Trees.text(tree, "state")).toAbsolutePath().normalize();
  }

  /** The gRPC socket; absolute. */
  public Path address() {
    return Path.of(Trees.text(Trees.table(plugins(), GRPC), "address"))
        .toAbsolutePath()
        .normalize();
  }

  /** Directory for temporary files; empty for the host's. */
  public String temp() {
    return Trees.text(tree, "temp");
  }

  /** Level of the log, {@code info} by default. */
  public String level() {
    String level = Trees.text(Trees.table(tree, "debug"), "level");
    return level.isEmpty() ? "info" : level;
  }

  /** Whether the log is JSON rather than text. */
  public boolean json() {
    return Trees.text(Trees.table(tree, "debug"), "format").equals("json");
  }

  /** Adjustment of the daemon's score for the out-of-memory killer, -1000 to 1000; 0 for none. */
  public long oomScore() {
    return Trees.number(tree, "oom_score");
  }

  /** The cgroup to move the daemon into; empty for none. */
  public String cgroup() {
    return Trees.text(Trees.table(tree, "cgroup"), "path");
  }

  /** URIs of plugins that must not start. */
  public List<String> disabled() {
    return Trees.texts(tree, "disabled_plugins");
  }

  /** URIs of plugins without which the daemon must not start. */
  public List<String> required() {
    return Trees.texts(tree, "required_plugins");
  }

  /** Time limits by name. */
  public Map<String, Duration> timeouts() {
    Map<String, Duration> timeouts = new LinkedHashMap<>();
    Trees.table(tree, "timeouts")
        .forEach(
            (key, value) ->
                GoDuration.parse(String.valueOf(value))
                    .ifPresent(duration -> timeouts.put(key, duration)));
    return timeouts;
  }

  /** Where jars are dropped that become plugins; absolute. */
  public Path pluginDir() {
    String directory = Trees.text(tree, "plugin_dir");
    return directory.isEmpty()
        ? root().resolve("plugins")
        : Path.of(directory).toAbsolutePath().normalize();
  }

  /** A file with the certificates whose holders may sign bundles; empty if nobody need sign. */
  public String signers() {
    return Trees.text(Trees.table(tree, "plugin_policy"), "signers");
  }

  /** Tables of stream processors by id. */
  public Map<String, Object> streamProcessors() {
    return Trees.table(tree, "stream_processors");
  }

  /** Tables of plugins by URI. */
  public Map<String, Object> plugins() {
    return Trees.table(tree, "plugins");
  }

  /** The table of one plugin; empty if it has none. */
  public Map<String, Object> plugin(String uri) {
    return Trees.table(plugins(), uri);
  }
}
