// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.nio.file.Path;

/** Where plugins keep their data. Safe for concurrent use. */
public interface PluginDirectories {
  /** The directory of a plugin that outlives a reboot, made if need be, mode 0700. */
  Path root(String plugin);

  /** The directory of a plugin that is lost at reboot, made if need be, mode 0711. */
  Path state(String plugin);

  /** Root of the daemon, absolute. */
  Path root();

  /** State of the daemon, absolute. */
  Path state();

  /** Where the programs are that plugins start, for example the supervisor. */
  Path libexec();

  /** Address of the gRPC socket, absolute. */
  Path address();
}
