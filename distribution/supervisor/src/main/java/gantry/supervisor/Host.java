// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.PidWatcher;
import java.nio.file.Path;

/**
 * What all tasks share.
 *
 * @param custody what the next supervisor would need
 * @param scratch for short-lived files and sockets
 * @param runtimeRoot where runtimes keep their state if not told otherwise, below it by namespace
 * @param cgroups where control groups are
 */
record Host(
    PidWatcher exits,
    Events events,
    Ledger ledger,
    Custody custody,
    Path scratch,
    Path runtimeRoot,
    CgroupMounts cgroups) {}
