// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.metadata.Garbage;
import gantry.store.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Why objects are garbage, and how big they are. Not for concurrent use. */
final class Reasons {
  private static final long NANOS = 1_000_000_000;

  private final Map<Node, String> own = new HashMap<>();
  private final Map<Node, Detail> details = new HashMap<>();
  private final Map<Node, Inherited> inherited = new HashMap<>();

  private record Detail(long bytes, long updated) {}

  /** The first object that referred to it and goes too, and why that goes. */
  private record Inherited(Node referrer, String cause) {}

  /** Says why an object is no root any more; it may be reached otherwise. */
  void add(Node node, String reason) {
    own.put(node, reason);
  }

  /**
   * Notes what the record says.
   *
   * @param updated nanoseconds since 1970
   */
  void describe(Node node, long bytes, long updated) {
    details.put(node, new Detail(bytes, updated));
  }

  /** Reads what was let go of since the last collection. */
  void readReleased(Transaction tx) {
    tx.each(
        "SELECT type, ns, key, reason, at FROM released",
        row -> {
          String at = Instant.ofEpochSecond(row.number(5)).toString();
          Node.Type.of(row.text(1))
              .ifPresent(
                  type ->
                      own.putIfAbsent(
                          Node.of(type, row.text(2), row.text(3)), row.text(4) + " at " + at));
        });
  }

  /** Call it for referrers first. */
  Garbage explain(Graph graph, Node node) {
    String reason = reason(node);
    String cause = cause(node, reason);
    graph.eachReference(node, to -> inherited.putIfAbsent(to, new Inherited(node, cause)));
    Detail detail = details.getOrDefault(node, new Detail(0, 0));
    return new Garbage(node.namespace(), node.type().word(), node.key(), detail.bytes(), reason);
  }

  private String reason(Node node) {
    String known = own.get(node);
    if (known != null) {
      return known;
    }
    Inherited from = inherited.get(node);
    if (from != null) {
      return "only %s %s referred to it: %s"
          .formatted(from.referrer().type().word(), from.referrer().key(), from.cause());
    }
    long updated = details.getOrDefault(node, new Detail(0, 0)).updated();
    return "no lease, image or container refers to it"
        + (updated == 0
            ? ""
            : ", last changed at " + Instant.ofEpochSecond(Math.floorDiv(updated, NANOS)));
  }

  /** The first reason of a chain, not the chain. */
  private String cause(Node node, String reason) {
    Inherited from = inherited.get(node);
    return own.containsKey(node) || from == null
        ? "%s %s: %s".formatted(node.type().word(), node.key(), reason)
        : from.cause();
  }
}
