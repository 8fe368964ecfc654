// SPDX-License-Identifier: Apache-2.0
/**
 * The supervisor: one small process that holds the containers of a daemon, so that the daemon can
 * come and go. It serves the task API of containerd's shims for any number of containers and drives
 * an OCI runtime.
 *
 * <pre>
 *   TaskService ── calls ──► Tasks ── one ──► Task ── has ──► TaskProcess (init, execs)
 *                              │                │                 │
 *                            Ledger           Runc             Streams: direct, logger, terminal
 *                         (what is on disk)  (the runtime)
 *                              Exits ◄── pidfds      Events ──► daemon
 *
 *   Main ── a start or an upgrade ──► Serving ── leaves ──► HandOver (file and descriptors)
 *   Custody ── duplicates of terminals, inputs, process handles ──► the daemon's safe ──► Adoption
 *
 *   STATE/tasks/NAMESPACE/ID/task          the request the task was made by
 *                           /pid, exit     of the init process
 *                           /execs/EXEC/   spec, pid, exit
 *   STATE/runc/NAMESPACE/                  the runtime's own state
 * </pre>
 */
@NullMarked
package gantry.supervisor;

import org.jspecify.annotations.NullMarked;
