// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts nodes in an order in which whatever refers comes before what it refers to. Nodes that refer
 * to each other in a circle stay together. This is Tarjan's algorithm for strongly connected
 * components, with a stack of its own because chains are as long as users make them.
 */
final class Components {
  private final Graph graph;
  private final Set<Node> nodes;
  private final Map<Node, Visit> visits = new HashMap<>();
  private final Deque<Visit> path = new ArrayDeque<>();
  private final Deque<Visit> open = new ArrayDeque<>();
  private final Deque<List<Node>> result = new ArrayDeque<>();

  private Components(Graph graph, Set<Node> nodes) {
    this.graph = graph;
    this.nodes = nodes;
  }

  /** Components, referrers first; edges that leave the nodes are ignored. */
  static Collection<List<Node>> referrersFirst(Graph graph, Set<Node> nodes) {
    Components components = new Components(graph, nodes);
    for (Node node : nodes) {
      if (!components.visits.containsKey(node)) {
        components.search(node);
      }
    }
    return components.result;
  }

  private static final class Visit {
    final Node node;
    final int index;
    final Iterator<Node> references;
    int low;
    boolean isOpen = true;

    Visit(Node node, int index, Iterator<Node> references) {
      this.node = node;
      this.index = index;
      this.low = index;
      this.references = references;
    }
  }

  private void search(Node start) {
    enter(start);
    while (!path.isEmpty()) {
      Visit visit = path.element();
      if (visit.references.hasNext()) {
        follow(visit, visit.references.next());
      } else {
        path.pop();
        leave(visit);
      }
    }
  }

  private void enter(Node node) {
    List<Node> references = new ArrayList<>();
    graph.eachReference(node, references::add);
    references.removeIf(to -> !nodes.contains(to));
    Visit visit = new Visit(node, visits.size(), references.iterator());
    visits.put(node, visit);
    path.push(visit);
    open.push(visit);
  }

  private void follow(Visit from, Node to) {
    Visit known = visits.get(to);
    if (known == null) {
      enter(to);
    } else if (known.isOpen) {
      from.low = Math.min(from.low, known.index);
    }
  }

  /** Components end in the order referred to first, so each goes before those that ended. */
  private void leave(Visit visit) {
    Visit above = path.peek();
    if (above != null) {
      above.low = Math.min(above.low, visit.low);
    }
    if (visit.low != visit.index) {
      return;
    }
    List<Node> component = new ArrayList<>();
    Visit member;
    do {
      member = open.pop();
      member.isOpen = false;
      component.add(member.node);
    } while (!member.equals(visit));
    result.addFirst(component);
  }
}
