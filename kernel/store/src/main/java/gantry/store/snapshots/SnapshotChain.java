// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.snapshots.SnapshotKind;
import java.util.List;

/**
 * A snapshot and what it stands on.
 *
 * @param id the directory's name; positive, never given twice
 * @param parentIds ids of the committed snapshots beneath it, nearest first; empty if there is none
 */
public record SnapshotChain(long id, SnapshotKind kind, List<Long> parentIds) {
  /** Copies the list. */
  public SnapshotChain {
    parentIds = List.copyOf(parentIds);
  }
}
