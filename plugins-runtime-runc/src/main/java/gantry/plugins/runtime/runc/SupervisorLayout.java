// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.plugins.PluginDirectories;
import java.nio.file.Path;
import java.util.List;

/**
 * Every path of this plugin, and how the supervisor is told of them.
 *
 * @param program the supervisor
 * @param socket where it serves
 * @param state its own
 * @param events where it sends events
 * @param runtimeRoot below it runc keeps its state by namespace
 * @param log its output
 * @param pidFile which process was started last
 * @param cgroup where it lives, from the root of each hierarchy; empty for the daemon's
 */
record SupervisorLayout(
    Path program,
    Path socket,
    Path state,
    Path events,
    Path runtimeRoot,
    Path log,
    Path pidFile,
    String cgroup) {
  static SupervisorLayout of(
      PluginDirectories directories, String plugin, String program, String cgroup) {
    Path own = directories.state(plugin);
    Path named =
        program.isEmpty() ? directories.libexec().resolve("gantry-supervisor") : Path.of(program);
    return new SupervisorLayout(
        named,
        directories.state().resolve("supervisor.sock"),
        own.resolve("supervisor"),
        Path.of(directories.address() + ".ttrpc"),
        directories.state().resolve("runc"),
        own.resolve("supervisor.log"),
        own.resolve("supervisor.pid"),
        cgroup);
  }

  List<String> arguments() {
    return List.of(
        "--socket", socket.toString(),
        "--state", state.toString(),
        "--events", events.toString(),
        "--runtime-root", runtimeRoot.toString(),
        "--keeper", socket.resolveSibling("keeper.sock").toString(),
        "--safe", safe().toString(),
        "--cgroup", cgroup);
  }

  /** Where the daemon keeps descriptors for the supervisor after the one that serves. */
  Path safe() {
    return socket.resolveSibling("terminals.sock");
  }

  /** Where it is noted what tasks were given outside these directories. */
  Path claims() {
    return log.resolveSibling("claims");
  }

  /** Where runc keeps the state of a namespace's containers. */
  Path runtimeRoot(String namespace) {
    return runtimeRoot.resolve(namespace);
  }
}
