// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.store.Row;
import gantry.store.Transaction;
import java.util.List;
import java.util.Optional;

/**
 * A line of {@code touched}: an object whose record was made, changed or deleted, or that a lease
 * or an intent named.
 *
 * @param seq grows, never used twice
 * @param type as {@link Node.Type#word}, or {@code namespace}
 */
record Touched(long seq, String type, String namespace, String key, boolean isGone) {
  /** The last number given out. */
  static long last(Transaction tx) {
    return tx.number("SELECT seq FROM sqlite_sequence WHERE name = 'touched'");
  }

  static List<Touched> after(Transaction tx, long seq, int max) {
    return tx.list(
        "SELECT seq, type, ns, key, gone FROM touched WHERE seq > ? ORDER BY seq LIMIT ?",
        Touched::read,
        seq,
        max);
  }

  /** Forgets lines that no collection under way needs. */
  static void forget(Transaction tx, long upTo) {
    tx.run(
        "DELETE FROM touched WHERE seq <= min(?,"
            + " (SELECT coalesce(min(since), ?) FROM collection))",
        upTo,
        upTo);
  }

  /** The object; empty if a collection does not know such. */
  Optional<Node> node() {
    return Node.Type.of(type).map(known -> Node.of(known, namespace, key));
  }

  private static Touched read(Row row) {
    return new Touched(row.number(1), row.text(2), row.text(3), row.text(4), row.flag(5));
  }
}
