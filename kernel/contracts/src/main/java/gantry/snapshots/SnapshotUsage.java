// SPDX-License-Identifier: Apache-2.0
package gantry.snapshots;

/**
 * What a snapshot adds to its parent.
 *
 * @param size bytes on disk, hard links counted once
 * @param inodes number of inodes
 */
public record SnapshotUsage(long size, long inodes) {}
