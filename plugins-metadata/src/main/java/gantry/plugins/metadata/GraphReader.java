// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.store.Row;
import gantry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the graph of all namespaces from the records. Not for concurrent use. */
final class GraphReader {
  private static final String IMAGES = "SELECT ns, name, labels, digest, updated FROM image";
  private static final String INGESTS = "SELECT ns, ref, expires, expected FROM ingest";
  private static final String BLOBS = "SELECT ns, digest, labels, size, updated FROM blob";
  private static final String CONTAINERS =
      "SELECT ns, id, labels, snapshotter, snapshot FROM container";
  private static final String SANDBOXES = "SELECT ns, id, labels FROM sandbox";
  private static final String SNAPSHOTS =
      "SELECT ns, snapshotter, name, labels, parent, updated FROM snapshot";

  private final Graph graph = new Graph();
  private final Reasons reasons;
  private final Instant now;
  private final Set<String> snapshotters;
  private final Map<Node, List<ConditionalReference>> conditions = new HashMap<>();
  private final Map<Node, Instant> usedAt = new HashMap<>();
  private final Map<String, LeaseState> leases = new HashMap<>();

  private record LeaseState(boolean isFlat, @Nullable Instant expired) {}

  /**
   * Takes what it fills.
   *
   * @param snapshotters those that are there: snapshots of others are not collectable, because one
   *     that is away is not one that is empty
   */
  GraphReader(Reasons reasons, Instant now, Set<String> snapshotters) {
    this.reasons = reasons;
    this.now = now;
    this.snapshotters = new HashSet<>(snapshotters);
  }

  /** The whole graph, marked. */
  Graph read(Transaction tx) {
    readLeases(tx);
    readClaims(tx);
    tx.each(IMAGES, this::image);
    tx.each(INGESTS, this::ingest);
    tx.each(BLOBS, this::blob);
    tx.each(CONTAINERS, this::container);
    tx.each(SANDBOXES, this::sandbox);
    tx.each(SNAPSHOTS, this::snapshot);
    readIntents(tx);
    reasons.readReleased(tx);
    resolveConditions();
    graph.mark();
    return graph;
  }

  /**
   * Takes in how objects are now that changed since, and treats each as a root: whoever changed
   * them counts on them. A condition counts as met.
   */
  void readAgain(Transaction tx, Set<Node> changed) {
    conditions.clear();
    for (Node node : changed) {
      switch (node.type()) {
        case IMAGE -> tx.each(IMAGES + " WHERE ns = ? AND name = ?", this::image, id(node));
        case INGEST -> tx.each(INGESTS + " WHERE ns = ? AND ref = ?", this::ingest, id(node));
        case CONTENT -> tx.each(BLOBS + " WHERE ns = ? AND digest = ?", this::blob, id(node));
        case CONTAINER ->
            tx.each(CONTAINERS + " WHERE ns = ? AND id = ?", this::container, id(node));
        case SANDBOX -> tx.each(SANDBOXES + " WHERE ns = ? AND id = ?", this::sandbox, id(node));
        case SNAPSHOT ->
            tx.each(
                SNAPSHOTS + " WHERE ns = ? AND snapshotter = ? AND name = ?",
                this::snapshot,
                node.namespace(),
                node.snapshotter(),
                node.snapshotName());
        case LEASE -> {}
      }
    }
    conditions.forEach(
        (node, all) -> all.forEach(reference -> graph.addLabelled(node, reference.snapshot())));
    graph.reach(changed);
  }

  private static Object[] id(Node node) {
    return new Object[] {node.namespace(), node.key()};
  }

  private void readLeases(Transaction tx) {
    tx.each(
        "SELECT ns, id, labels FROM lease",
        row -> {
          Node lease = Node.of(Node.Type.LEASE, row.text(1), row.text(2));
          GcLabels labels = GcLabels.of(row.text(1), row.text(3));
          Instant expiry = labels.expiry();
          boolean isExpired = isPast(expiry);
          graph.addCollectable(lease);
          if (isExpired) {
            reasons.add(lease, "it expired at " + expiry);
          } else {
            graph.addRoot(lease);
          }
          leases.put(
              row.text(1) + "/" + row.text(2),
              new LeaseState(labels.isFlat(), isExpired ? expiry : null));
        });
  }

  private void readClaims(Transaction tx) {
    tx.each(
        "SELECT ns, lease, type, id FROM claim",
        row -> {
          LeaseState lease = leases.get(row.text(1) + "/" + row.text(2));
          Node claimed = claimed(row.text(1), row.text(3), row.text(4));
          if (lease != null && lease.expired() != null) {
            reasons.add(claimed, "lease %s expired at %s".formatted(row.text(2), lease.expired()));
          } else if (lease != null) {
            graph.addRoot(claimed.flat(lease.isFlat()));
          }
        });
  }

  private static Node claimed(String namespace, String type, String id) {
    return switch (type) {
      case Claims.CONTENT -> Node.of(Node.Type.CONTENT, namespace, id);
      case Claims.INGESTS -> Node.of(Node.Type.INGEST, namespace, id);
      case Claims.IMAGES -> Node.of(Node.Type.IMAGE, namespace, id);
      default -> Node.snapshot(namespace, type.substring(Claims.SNAPSHOTS_PREFIX.length()), id);
    };
  }

  private void image(Row row) {
    Node image = Node.of(Node.Type.IMAGE, row.text(1), row.text(2));
    GcLabels labels = GcLabels.of(row.text(1), row.text(3));
    graph.addCollectable(image);
    graph.setNatural(image, Node.of(Node.Type.CONTENT, row.text(1), row.text(4)));
    Instant expiry = labels.expiry();
    if (isPast(expiry)) {
      reasons.add(image, "it expired at " + expiry);
    } else {
      graph.addRoot(image);
    }
    addLabels(image, labels);
  }

  private void ingest(Row row) {
    Node ingest = Node.of(Node.Type.INGEST, row.text(1), row.text(2));
    graph.addCollectable(ingest);
    if (row.number(3) == 0) {
      reasons.add(ingest, "the lease it was begun under is gone");
    } else if (isPast(row.time(3))) {
      reasons.add(ingest, "it expired at " + row.time(3));
    } else {
      graph.addRoot(ingest);
    }
    String expected = row.findText(4);
    if (expected != null) {
      graph.setNatural(ingest, Node.of(Node.Type.CONTENT, row.text(1), expected));
    }
  }

  private void blob(Row row) {
    Node content = Node.of(Node.Type.CONTENT, row.text(1), row.text(2));
    graph.addCollectable(content);
    reasons.describe(content, row.number(4), row.number(5));
    addRootByLabel(content, GcLabels.of(row.text(1), row.text(3)));
  }

  private void container(Row row) {
    Node container = Node.of(Node.Type.CONTAINER, row.text(1), row.text(2));
    graph.addRoot(container);
    addLabels(container, GcLabels.of(row.text(1), row.text(3)));
    if (!row.text(4).isEmpty()) {
      graph.setNatural(container, Node.snapshot(row.text(1), row.text(4), row.text(5)));
    }
  }

  private void sandbox(Row row) {
    Node sandbox = Node.of(Node.Type.SANDBOX, row.text(1), row.text(2));
    graph.addRoot(sandbox);
    addLabels(sandbox, GcLabels.of(row.text(1), row.text(3)));
  }

  private void snapshot(Row row) {
    String namespace = row.text(1);
    String snapshotter = row.text(2);
    Node snapshot = Node.snapshot(namespace, snapshotter, row.text(3));
    GcLabels labels = GcLabels.of(namespace, row.text(4));
    if (snapshotters.contains(snapshotter)) {
      graph.addCollectable(snapshot);
      reasons.describe(snapshot, 0, row.number(6));
    }
    addRootByLabel(snapshot, labels);
    Instant used = labels.usedAt();
    if (used != null) {
      usedAt.put(snapshot, used);
    }
    if (!row.text(5).isEmpty()) {
      graph.setNatural(snapshot, Node.snapshot(namespace, snapshotter, row.text(5)));
    }
  }

  /** What a snapshot in the making stands on, and what is being committed, stays. */
  private void readIntents(Transaction tx) {
    tx.each(
        "SELECT ns, snapshotter, source, parent FROM intent",
        row -> {
          for (int column = 3; column <= 4; column++) {
            if (!row.text(column).isEmpty()) {
              graph.addRoot(Node.snapshot(row.text(1), row.text(2), row.text(column)));
            }
          }
        });
  }

  private void addRootByLabel(Node node, GcLabels labels) {
    if (labels.isRoot()) {
      graph.addRoot(node);
    }
    addLabels(node, labels);
  }

  private void addLabels(Node node, GcLabels labels) {
    labels.references().forEach(to -> graph.addLabelled(node, to));
    labels.backReferences().forEach(from -> graph.addLabelled(from, node));
    List<ConditionalReference> conditional = labels.conditions();
    if (!conditional.isEmpty()) {
      conditions.computeIfAbsent(node, key -> new ArrayList<>()).addAll(conditional);
    }
  }

  private void resolveConditions() {
    conditions.forEach(
        (node, references) ->
            references.stream()
                .filter(this::holds)
                .forEach(reference -> graph.addLabelled(node, reference.snapshot())));
  }

  private boolean holds(ConditionalReference reference) {
    Instant used = usedAt.get(reference.snapshot());
    return used != null && reference.holds(used, now);
  }

  private boolean isPast(@Nullable Instant time) {
    return time != null && now.isAfter(time);
  }
}
