// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Invocation;
import java.util.List;

/** Whether the daemon moves images itself; those of containerd before 1.7 do not. */
final class TransferSupport {
  private static final List<String> PLUGIN = List.of("type==io.containerd.transfer.v1");

  private TransferSupport() {}

  /** Whether to leave it to the daemon: it can, and {@code --local} was not said. */
  static boolean isWanted(Invocation invocation) {
    return !invocation.arguments().flag("local")
        && !invocation.client().introspection().plugins(PLUGIN).isEmpty();
  }
}
