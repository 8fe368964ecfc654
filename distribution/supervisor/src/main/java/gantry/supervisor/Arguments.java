// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.InvalidArgumentException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param socket where calls are served
 * @param state where everything is kept
 * @param events the daemon's socket for events
 * @param runtimeRoot where runtimes keep their state, by namespace
 * @param keeper where the daemon's sockets are kept while it restarts; null for not at all
 * @param safe where the daemon keeps descriptors for the next supervisor; null for not at all
 * @param cgroup the control group to live in, from the root of each hierarchy; empty for the one it
 *     was started in
 * @param handOver written by the supervisor that became this one; null for a new process
 * @param starts what those lock who start tasks; given to one that serves as a shim, see {@link
 *     Ending}
 */
record Arguments(
    Path socket,
    Path state,
    Path events,
    Path runtimeRoot,
    @Nullable Path keeper,
    @Nullable Path safe,
    String cgroup,
    @Nullable Path handOver,
    @Nullable Path starts) {
  static final String USAGE =
      "usage: gantry-supervisor --socket PATH --state DIR --events ADDRESS"
          + " [--runtime-root DIR] [--keeper PATH] [--safe PATH] [--cgroup PATH]"
          + " [--hand-over FILE] [--starts FILE]";

  private static final List<String> KNOWN =
      List.of(
          "--socket",
          "--state",
          "--events",
          "--runtime-root",
          "--keeper",
          "--safe",
          "--cgroup",
          "--hand-over",
          "--starts");

  static Arguments parse(String... words) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < words.length; i += 2) {
      if (!KNOWN.contains(words[i]) || i + 1 == words.length) {
        throw new InvalidArgumentException("unknown or incomplete argument " + words[i]);
      }
      values.put(words[i], words[i + 1]);
    }
    Path state = Path.of(require(values, "--state"));
    return new Arguments(
        Path.of(require(values, "--socket")),
        state,
        Path.of(require(values, "--events").replaceFirst("^unix://", "")),
        Path.of(values.getOrDefault("--runtime-root", state.resolve("runc").toString())),
        path(values, "--keeper"),
        path(values, "--safe"),
        values.getOrDefault("--cgroup", ""),
        path(values, "--hand-over"),
        path(values, "--starts"));
  }

  private static @Nullable Path path(Map<String, String> values, String name) {
    String value = values.get(name);
    return value == null ? null : Path.of(value);
  }

  private static String require(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null || value.isEmpty()) {
      throw new InvalidArgumentException("argument " + name + " is missing");
    }
    return value;
  }
}
