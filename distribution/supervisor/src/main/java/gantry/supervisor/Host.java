// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.PidWatcher;
import java.nio.file.Path;

/**
 * What all tasks share.
 *
 * @param custody what the next supervisor would need
 * @param scratch for short-lived files and sockets
 * @param cgroups where control groups are
 * @param runtimeRoot where runtimes keep their state if not told otherwise, below it by namespace
 */
record Host(
    PidWatcher exits,
    Events events,
    Ledger ledger,
    Custody custody,
    Path scratch,
    Path runtimeRoot,
    CgroupMounts cgroups) {
  Host(
      PidWatcher exits,
      Events events,
      Ledger ledger,
      Custody custody,
      Path scratch,
      Path runtimeRoot) {
    this(exits, events, ledger, custody, scratch, runtimeRoot, new CgroupMounts());
  }
}
