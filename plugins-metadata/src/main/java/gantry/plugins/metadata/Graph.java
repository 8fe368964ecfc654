// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who refers to whom, and from where the search begins. Not for concurrent use. */
final class Graph {
  private final Set<Node> collectable = new HashSet<>();
  private final Set<Node> roots = new HashSet<>();
  private final Map<Node, Node> natural = new HashMap<>();
  private final Map<Node, List<Node>> labelled = new HashMap<>();

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

  /** All collectable objects that no root reaches. */
  Set<Node> garbage() {
    Set<Node> seen = new HashSet<>(roots);
    Deque<Node> open = new ArrayDeque<>(roots);
    while (!open.isEmpty()) {
      Node node = open.pop();
      Node full = node.flat(false);
      Node next = natural.get(full);
      if (next != null) {
        visit(next.flat(node.isFlat()), seen, open);
      }
      if (!node.isFlat()) {
        labelled.getOrDefault(node, List.of()).forEach(to -> visit(to, seen, open));
      }
    }
    Set<Node> garbage = new HashSet<>(collectable);
    seen.forEach(node -> garbage.remove(node.flat(false)));
    return garbage;
  }

  private static void visit(Node node, Set<Node> seen, Deque<Node> open) {
    if (seen.add(node)) {
      open.push(node);
    }
  }
}
