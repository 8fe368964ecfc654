// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.explain.graph.Graph.Edge;
import gantry.plugins.explain.graph.Graph.Node;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The graph as trees: whom nobody asks, and below each whom it asks. What was shown with all that
 * is below it is shown again as one line with an ellipsis.
 */
public final class TreeText {
  private static final int WIDTH_MAX = 120;
  private static final String MIDDLE = "├── ";
  private static final String LAST = "└── ";
  private static final String PASSING = "│   ";
  private static final String NOTHING = "    ";

  private final Graph graph;
  private final Map<String, Node> nodes;
  private final Set<String> shown = new HashSet<>();
  private final StringBuilder text = new StringBuilder();

  private TreeText(Graph graph) {
    this.graph = graph;
    this.nodes = graph.nodes().stream().collect(Collectors.toMap(Node::name, Function.identity()));
  }

  /** Lines without a line break after the last. */
  public static String of(Graph graph) {
    TreeText tree = new TreeText(graph);
    graph.nodes().stream()
        .filter(node -> !graph.isAsked(node.name()))
        .forEach(root -> tree.show(root, "", "", ""));
    // What only asks in a circle has no root.
    graph.nodes().stream()
        .filter(node -> !tree.shown.contains(node.name()))
        .forEach(node -> tree.showUnlessShown(node));
    return tree.text.toString().stripTrailing();
  }

  private void showUnlessShown(Node node) {
    if (!shown.contains(node.name())) {
      show(node, "", "", "");
    }
  }

  private void show(Node node, String first, String rest, String contracts) {
    List<Edge> below = graph.from(node.name());
    boolean again = !shown.add(node.name()) && !below.isEmpty();
    line(first + node.name() + contracts + (again ? " …" : "") + mark(node));
    if (again) {
      return;
    }
    for (Edge edge : below) {
      boolean last = edge.equals(below.getLast());
      Node next = nodes.get(edge.to());
      if (next != null) {
        show(next, rest + (last ? LAST : MIDDLE), rest + (last ? NOTHING : PASSING), words(edge));
      }
    }
  }

  private void line(String line) {
    text.append(line.length() > WIDTH_MAX ? line.substring(0, WIDTH_MAX - 1) + "…" : line)
        .append('\n');
  }

  private static String words(Edge edge) {
    return " (%s%s)"
        .formatted(String.join(", ", edge.contracts()), edge.optional() ? ", optional" : "");
  }

  private static String mark(Node node) {
    return switch (node.condition()) {
      case SERVES -> "";
      case WAITS -> " [waits] " + node.reason();
      case SKIPPED -> " [skipped] " + node.reason();
      case FAILED -> " [failed] " + node.reason();
      case MISSING -> " [missing]";
    };
  }
}
