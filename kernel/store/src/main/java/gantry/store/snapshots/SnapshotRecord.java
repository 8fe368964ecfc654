// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotUsage;

/**
 * All that is written of a snapshot.
 *
 * @param usage as recorded at commit; zero for one that is not committed
 */
public record SnapshotRecord(long id, SnapshotInfo info, SnapshotUsage usage) {}
