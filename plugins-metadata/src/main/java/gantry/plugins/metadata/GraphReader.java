// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the graph of all namespaces from the records. */
final class GraphReader {
  private final Transaction tx;
  private final Instant now;
  private final Set<String> snapshotters;
  private final Graph graph = new Graph();
  private final Map<Node, List<ConditionalReference>> conditions = new HashMap<>();
  private final Map<Node, Instant> usedAt = new HashMap<>();
  private final Map<String, Boolean> leases = new HashMap<>();

  /**
   * Takes the transaction.
   *
   * @param snapshotters those that are there: snapshots of others are not collectable, because one
   *     that is away is not one that is empty
   */
  GraphReader(Transaction tx, Instant now, Set<String> snapshotters) {
    this.tx = tx;
    this.now = now;
    this.snapshotters = new HashSet<>(snapshotters);
  }

  Graph read() {
    readLeases();
    readClaims();
    readImages();
    readIngests();
    readContent();
    readContainers();
    readSnapshots();
    readIntents();
    resolveConditions();
    return graph;
  }

  private void readLeases() {
    tx.each(
        "SELECT ns, id, labels FROM lease",
        row -> {
          Node lease = Node.of(Node.Type.LEASE, row.text(1), row.text(2));
          GcLabels labels = GcLabels.of(row.text(1), row.text(3));
          graph.addCollectable(lease);
          if (!isPast(labels.expiry())) {
            graph.addRoot(lease);
            leases.put(row.text(1) + "/" + row.text(2), labels.isFlat());
          }
        });
  }

  private void readClaims() {
    tx.each(
        "SELECT ns, lease, type, id FROM claim",
        row -> {
          Boolean isFlat = leases.get(row.text(1) + "/" + row.text(2));
          if (isFlat != null) {
            graph.addRoot(claimed(row.text(1), row.text(3), row.text(4)).flat(isFlat));
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

  private void readImages() {
    tx.each(
        "SELECT ns, name, labels, digest FROM image",
        row -> {
          Node image = Node.of(Node.Type.IMAGE, row.text(1), row.text(2));
          GcLabels labels = GcLabels.of(row.text(1), row.text(3));
          graph.addCollectable(image);
          graph.setNatural(image, Node.of(Node.Type.CONTENT, row.text(1), row.text(4)));
          if (!isPast(labels.expiry())) {
            graph.addRoot(image);
          }
          addLabels(image, labels);
        });
  }

  private void readIngests() {
    tx.each(
        "SELECT ns, ref, expires, expected FROM ingest",
        row -> {
          Node ingest = Node.of(Node.Type.INGEST, row.text(1), row.text(2));
          graph.addCollectable(ingest);
          if (row.number(3) != 0 && !isPast(row.time(3))) {
            graph.addRoot(ingest);
          }
          String expected = row.findText(4);
          if (expected != null) {
            graph.setNatural(ingest, Node.of(Node.Type.CONTENT, row.text(1), expected));
          }
        });
  }

  private void readContent() {
    tx.each(
        "SELECT ns, digest, labels FROM blob",
        row -> {
          Node content = Node.of(Node.Type.CONTENT, row.text(1), row.text(2));
          graph.addCollectable(content);
          addRootByLabel(content, GcLabels.of(row.text(1), row.text(3)));
        });
  }

  private void readContainers() {
    tx.each(
        "SELECT ns, id, labels, snapshotter, snapshot FROM container",
        row -> {
          Node container = Node.of(Node.Type.CONTAINER, row.text(1), row.text(2));
          graph.addRoot(container);
          addLabels(container, GcLabels.of(row.text(1), row.text(3)));
          if (!row.text(4).isEmpty()) {
            graph.setNatural(container, Node.snapshot(row.text(1), row.text(4), row.text(5)));
          }
        });
  }

  private void readSnapshots() {
    tx.each(
        "SELECT ns, snapshotter, name, labels, parent FROM snapshot",
        row -> {
          String namespace = row.text(1);
          String snapshotter = row.text(2);
          Node snapshot = Node.snapshot(namespace, snapshotter, row.text(3));
          GcLabels labels = GcLabels.of(namespace, row.text(4));
          if (snapshotters.contains(snapshotter)) {
            graph.addCollectable(snapshot);
          }
          addRootByLabel(snapshot, labels);
          Instant used = labels.usedAt();
          if (used != null) {
            usedAt.put(snapshot, used);
          }
          if (!row.text(5).isEmpty()) {
            graph.setNatural(snapshot, Node.snapshot(namespace, snapshotter, row.text(5)));
          }
        });
  }

  /** What a snapshot in the making stands on, and what is being committed, stays. */
  private void readIntents() {
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
                .filter(reference -> holds(reference))
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
