// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.explain.graph.Graph.Edge;
import gantry.plugins.explain.graph.Graph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The graph in the language of Graphviz, see graphviz.org/doc/info/lang.html. */
public final class DotText {
  private DotText() {}

  /** A digraph; families are clusters. */
  public static String of(Graph graph) {
    StringBuilder text = new StringBuilder();
    text.append("digraph plugins {\n");
    text.append("  graph [rankdir=LR, fontname=\"sans-serif\", ranksep=1, compound=true]\n");
    text.append("  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\"]\n");
    text.append("  edge [fontname=\"sans-serif\", fontsize=9, color=\"#78909c\"]\n");
    Map<String, List<Node>> families = new TreeMap<>();
    graph
        .nodes()
        .forEach(
            node -> families.computeIfAbsent(node.family(), key -> new ArrayList<>()).add(node));
    families.forEach((family, nodes) -> cluster(text, family, nodes));
    graph.edges().forEach(edge -> edge(text, edge));
    return text.append("}").toString();
  }

  private static void cluster(StringBuilder text, String family, List<Node> nodes) {
    boolean framed = !family.isEmpty();
    if (framed) {
      text.append("  subgraph %s {\n".formatted(quote("cluster_" + family)));
      text.append(
          "    graph [label=%s, style=\"rounded\", color=\"#cfd8dc\"]\n".formatted(quote(family)));
    }
    for (Node node : nodes) {
      text.append(framed ? "    " : "  ")
          .append(
              "%s [label=%s, tooltip=%s%s]\n"
                  .formatted(
                      quote(node.name()), quote(node.label()), quote(tooltip(node)), look(node)));
    }
    if (framed) {
      text.append("  }\n");
    }
  }

  private static void edge(StringBuilder text, Edge edge) {
    String style = edge.optional() ? ", style=dashed" : "";
    String missing = edge.met() ? "" : ", color=\"#c62828\", penwidth=2";
    text.append(
        "  %s -> %s [label=%s%s%s]\n"
            .formatted(
                quote(edge.from()),
                quote(edge.to()),
                quote(String.join(", ", edge.contracts())),
                style,
                missing));
  }

  private static String tooltip(Node node) {
    return node.reason().isEmpty() ? node.name() : node.name() + ": " + node.reason();
  }

  private static String look(Node node) {
    String fill = ", fillcolor=\"%s\"".formatted(Palette.of(node.family()).light());
    return switch (node.condition()) {
      case SERVES -> fill;
      case WAITS -> ", fillcolor=\"#fff8e1\", color=\"#ff8f00\", penwidth=2";
      case SKIPPED -> ", fillcolor=\"#eceff1\", color=\"#b0bec5\", fontcolor=\"#78909c\"";
      case FAILED -> ", fillcolor=\"#ffebee\", color=\"#c62828\", penwidth=3";
      case MISSING -> ", style=\"rounded,dashed\", color=\"#c62828\"";
    };
  }

  private static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
