// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.NotFoundException;
import gantry.metadata.Caller;
import gantry.store.Transaction;

/** What the caller's lease, if it has one, gets and gives up by what the caller does. */
final class Claims {
  static final String CONTENT = "content";
  static final String INGESTS = "ingests";
  static final String IMAGES = "images";
  static final String SNAPSHOTS_PREFIX = "snapshots/";

  private Claims() {}

  /**
   * Checks that the caller's lease exists.
   *
   * @throws NotFoundException if it does not
   */
  static void requireLease(Transaction tx, Caller caller) {
    String lease = caller.leaseId();
    if (lease != null
        && !tx.exists(
            "SELECT 1 FROM lease WHERE ns = ? AND id = ?", caller.namespace().name(), lease)) {
      throw new NotFoundException("lease does not exist: not found");
    }
  }

  /**
   * Adds an object to the caller's lease.
   *
   * @return false if the caller has none
   * @throws NotFoundException if the lease does not exist
   */
  static boolean add(Transaction tx, Caller caller, String type, String id) {
    String lease = caller.leaseId();
    if (lease == null) {
      return false;
    }
    requireLease(tx, caller);
    add(tx, caller.namespace().name(), lease, type, id);
    return true;
  }

  static void add(Transaction tx, String namespace, String lease, String type, String id) {
    tx.run(
        "INSERT OR IGNORE INTO claim (ns, lease, type, id) VALUES (?, ?, ?, ?)",
        namespace,
        lease,
        type,
        id);
  }

  static void remove(Transaction tx, Caller caller, String type, String id) {
    String lease = caller.leaseId();
    if (lease != null) {
      remove(tx, caller.namespace().name(), lease, type, id);
    }
  }

  static void remove(Transaction tx, String namespace, String lease, String type, String id) {
    tx.run(
        "DELETE FROM claim WHERE ns = ? AND lease = ? AND type = ? AND id = ?",
        namespace,
        lease,
        type,
        id);
  }

  static String snapshots(String snapshotter) {
    return SNAPSHOTS_PREFIX + snapshotter;
  }
}
