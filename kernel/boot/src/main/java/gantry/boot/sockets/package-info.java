// SPDX-License-Identifier: Apache-2.0
/**
 * Sockets that listen longer than the plugins that accept from them, and whose turn it is to do so.
 *
 * <pre>
 *  a plugin ──open──► Sockets ──► OpenSocket ──channel──► the plugin accepts
 *                        │  from systemd: Inherited
 *                        │  from before the restart: a keeper, a process that outlives the daemon
 *                        └  else new: SocketPath
 *  Takeovers tells a plugin when its version may begin to accept, and when to stop
 * </pre>
 */
@NullMarked
package gantry.boot.sockets;

import org.jspecify.annotations.NullMarked;
