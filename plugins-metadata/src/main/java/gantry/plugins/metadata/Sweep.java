// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.store.Transaction;

/** Deletes the record of an object that nothing reaches. */
final class Sweep {
  private Sweep() {}

  /** Whether it was still there. */
  static boolean delete(Transaction tx, Node node) {
    String namespace = node.namespace();
    int deleted =
        switch (node.type()) {
          case CONTENT ->
              tx.run("DELETE FROM blob WHERE ns = ? AND digest = ?", namespace, node.key());
          case IMAGE ->
              tx.run("DELETE FROM image WHERE ns = ? AND name = ?", namespace, node.key());
          case INGEST ->
              tx.run("DELETE FROM ingest WHERE ns = ? AND ref = ?", namespace, node.key());
          case LEASE -> {
            tx.run("DELETE FROM claim WHERE ns = ? AND lease = ?", namespace, node.key());
            yield tx.run("DELETE FROM lease WHERE ns = ? AND id = ?", namespace, node.key());
          }
          case SNAPSHOT ->
              tx.run(
                  "DELETE FROM snapshot WHERE ns = ? AND snapshotter = ? AND name = ?",
                  namespace,
                  node.snapshotter(),
                  node.snapshotName());
          case CONTAINER, SANDBOX ->
              throw new IllegalStateException(
                  "collect %s %s".formatted(node.type().word(), node.key()));
        };
    return deleted > 0;
  }
}
