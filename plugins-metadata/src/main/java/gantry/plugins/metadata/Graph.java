// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who refers to whom, and who was found from a root so far. What has been found stays so: edges and
 * roots that turn up later only ever add to it. Not for concurrent use.
 */
final class Graph {
  private final Set<Node> collectable = new HashSet<>();
  private final Set<Node> roots = new HashSet<>();
  private final Map<Node, Node> natural = new HashMap<>();
  private final Map<Node, List<Node>> labelled = new HashMap<>();
  private final Set<Node> found = new HashSet<>();

  /** An object that goes if nothing reaches it. */
  void addCollectable(Node node) {
    collectable.add(node);
  }

  void addRoot(Node node) {
    roots.add(node);
  }

  /** What an object cannot be without: followed from flat nodes too. */
  void setNatural(Node from, Node to) {
    natural.put(from, to);
  }

  /** What a label says: not followed from flat nodes. */
  void addLabelled(Node from, Node to) {
    labelled.computeIfAbsent(from, node -> new ArrayList<>()).add(to);
  }

  /** Finds everything that the roots reach. */
  void mark() {
    reach(roots);
  }

  /** Finds everything that these reach too, also if they were found before and now reach more. */
  void reach(Collection<Node> from) {
    Deque<Node> open = new ArrayDeque<>(from);
    found.addAll(from);
    while (!open.isEmpty()) {
      Node node = open.pop();
      followNatural(node, open);
      if (!node.isFlat()) {
        labelled.getOrDefault(node, List.of()).forEach(to -> visit(to, open));
      }
    }
  }

  private void followNatural(Node node, Deque<Node> open) {
    Node next = natural.get(node.flat(false));
    if (next != null) {
      visit(next.flat(node.isFlat()), open);
    }
  }

  private void visit(Node node, Deque<Node> open) {
    if (found.add(node)) {
      open.push(node);
    }
  }

  /** Whether it may go and nothing found so far reaches it. */
  boolean isGarbage(Node node) {
    return collectable.contains(node) && !found.contains(node) && !found.contains(node.flat(true));
  }

  /** All collectable objects that no root reaches. */
  Set<Node> garbage() {
    Set<Node> garbage = new HashSet<>();
    collectable.stream().filter(this::isGarbage).forEach(garbage::add);
    return garbage;
  }

  /** Shows what a node refers to. */
  void eachReference(Node from, Consumer<Node> sink) {
    Node next = natural.get(from);
    if (next != null) {
      sink.accept(next);
    }
    labelled.getOrDefault(from, List.of()).forEach(sink);
  }
}
