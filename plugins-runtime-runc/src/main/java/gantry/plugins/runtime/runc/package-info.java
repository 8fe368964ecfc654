// SPDX-License-Identifier: Apache-2.0
/**
 * Runs containers with runc by way of the supervisor: a process that outlives the daemon.
 *
 * <pre>
 * state of the daemon/
 * ├── supervisor.sock        where the supervisor serves containerd.task.v3.Task over ttrpc
 * └── runc/‹namespace›/‹id›/ state of runc
 * state of the plugin/
 * ├── supervisor/            the supervisor's own state
 * ├── supervisor.log         what it writes to its output
 * ├── supervisor.pid         which process was started last
 * └── supervisor.log.1       the one before, once it grew too long
 * </pre>
 */
@NullMarked
package gantry.plugins.runtime.runc;

import org.jspecify.annotations.NullMarked;
