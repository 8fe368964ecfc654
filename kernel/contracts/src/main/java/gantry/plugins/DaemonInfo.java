// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

/**
 * The running daemon.
 *
 * @param version version of containerd's API that clients shall see, and of the product
 * @param revision of the source
 * @param uuid survives restarts
 */
public record DaemonInfo(String version, String revision, String uuid, long pid) {}
