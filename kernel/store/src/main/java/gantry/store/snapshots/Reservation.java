// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import gantry.store.Hold;
import java.util.List;

/**
 * A key that is taken but not yet a snapshot: nobody sees it, nobody else can take it, and its
 * parent cannot be removed. Make the directory, then commit; closing without that frees the key. A
 * reservation whose process died is gone when the index is next opened; an index that is told to
 * close stays open for it. Not for concurrent use.
 */
public final class Reservation implements AutoCloseable {
  private final SnapshotIndex index;
  private final SnapshotChain chain;
  private final Hold hold;
  private boolean isOpen = true;

  Reservation(SnapshotIndex index, SnapshotChain chain, Hold hold) {
    this.index = index;
    this.chain = chain;
    this.hold = hold;
  }

  /** The name of the directory to make. */
  public long id() {
    return chain.id();
  }

  /** The directories it stands on, nearest first. */
  public List<Long> parentIds() {
    return chain.parentIds();
  }

  /** Makes it a snapshot, durably. The directory must be durable before. */
  public SnapshotChain commit() {
    index.confirm(chain.id());
    isOpen = false;
    return chain;
  }

  /** Frees the key unless committed. The directory is the caller's to remove. Idempotent. */
  @Override
  public void close() {
    try (hold) {
      if (isOpen) {
        isOpen = false;
        index.forget(chain.id());
      }
    }
  }
}
