// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

import gantry.namespaces.Namespaces;
import gantry.plugins.Contract;
import java.io.IOException;

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
