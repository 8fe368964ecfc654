// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

import gantry.errors.UnimplementedException;
import gantry.namespaces.Namespaces;
import gantry.plugins.Contract;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Everything that has a namespace: names, records, labels, leases, and the views on the raw stores
 * that honour them. Events are published after the transaction they tell of. Safe for concurrent
 * use.
 */
@Contract
public interface Metadata {
  /** The table of namespaces. */
  Namespaces namespaces();

  /** The view of one caller. */
  Scope in(Caller caller);

  /**
   * Removes what nothing refers to. Concurrent with everything else; a second call waits for the
   * first.
   */
  GcStats collect() throws IOException;

  /**
   * As {@link #collect()}.
   *
   * @param removed is shown each object soon after it is gone; what it throws ends the collection
   *     between two steps
   */
  default GcStats collect(Consumer<Garbage> removed) throws IOException {
    return collect();
  }

  /**
   * What a collection would remove now, and why, without removing it. Objects that only a raw store
   * knows come last.
   *
   * @throws gantry.errors.UnimplementedException if this store cannot tell
   */
  default List<Garbage> plan() throws IOException {
    throw new UnimplementedException("plan collection: not supported by this metadata store");
  }

  /**
   * Counts what is stored. Reads all raw stores, so it takes its time.
   *
   * @throws gantry.errors.UnimplementedException if this store cannot tell
   */
  default StoreUsage usage() throws IOException {
    throw new UnimplementedException("count usage: not supported by this metadata store");
  }

  /** How much has changed since the daemon started; never decreases. */
  Changes changes();

  /**
   * Counters of changes.
   *
   * @param mutations transactions that changed something
   * @param deletions objects deleted by a caller
   */
  record Changes(long mutations, long deletions) {}
}
