// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.explain.graph.Graph.Condition;
import gantry.plugins.explain.graph.Graph.Edge;
import gantry.plugins.explain.graph.Graph.Node;
import gantry.plugins.explain.graph.Layout.Box;
import gantry.plugins.explain.graph.Layout.Point;
import java.time.Clock;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The graph as one picture in SVG: who asks stands left, who is asked stands right, colours tell
 * the families. Refers to nothing outside itself.
 */
public final class Picture {
  private static final int MARGIN = 48;
  private static final int HEAD = 108;
  private static final int WIDTH_MIN = 900;
  private static final String INK = "#263238";
  private static final String PALE = "#78909c";
  private static final String FONTS = "'DejaVu Sans', Verdana, 'Segoe UI', sans-serif";

  private final Graph graph;
  private final Layout layout;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Svg svg = new Svg();
  private final int width;
  private final int height;
  private final int foot;

  private Picture(Graph graph) {
    this.graph = graph;
    this.layout = new Layout(graph);
    this.width = Math.max(WIDTH_MIN, layout.width() + 2 * MARGIN);
    graph.nodes().forEach(node -> nodes.put(node.name(), node));
    this.foot = Legend.height(families(), MARGIN, width - MARGIN);
    this.height = HEAD + layout.height() + MARGIN + foot;
  }

  /**
   * The document.
   *
   * @param version of the daemon
   * @param clock for the date below the title
   */
  public static String of(Graph graph, String version, Clock clock) {
    Picture picture = new Picture(graph);
    picture.draw(version, LocalDate.ofInstant(clock.instant(), clock.getZone()));
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + picture.svg;
  }

  private void draw(String version, LocalDate date) {
    svg.open(
        "svg",
        "xmlns",
        "http://www.w3.org/2000/svg",
        "width",
        width,
        "height",
        height,
        "viewBox",
        "0 0 %d %d".formatted(width, height),
        "role",
        "img",
        "aria-labelledby",
        "title about",
        "font-family",
        FONTS);
    svg.text("title", "The plugins of Gantry " + version, "id", "title");
    svg.text(
        "desc", summary() + "; who asks stands left, who is asked stands right", "id", "about");
    arrowhead();
    svg.leaf("rect", "width", width, "height", height, "fill", "#ffffff");
    head(version, date);
    svg.open("g", "transform", "translate(%d %d)".formatted((width - layout.width()) / 2, HEAD));
    layout.lines().forEach(this::line);
    shelf();
    layout.boxes().forEach((name, box) -> box(name, box));
    svg.close("g");
    new Legend(svg, families(), MARGIN, width - MARGIN).draw(height - foot);
    svg.close("svg");
  }

  private void arrowhead() {
    svg.open("defs");
    svg.open(
        "marker",
        "id",
        "asks",
        "viewBox",
        "0 0 8 8",
        "refX",
        7,
        "refY",
        4,
        "markerWidth",
        6,
        "markerHeight",
        6,
        "orient",
        "auto");
    svg.leaf("path", "d", "M0 0.5 L8 4 L0 7.5 z", "fill", PALE);
    svg.close("marker");
    svg.close("defs");
  }

  private void head(String version, LocalDate date) {
    svg.text(
        "text",
        "Gantry " + version,
        "x",
        MARGIN,
        "y",
        52,
        "font-size",
        28,
        "font-weight",
        "bold",
        "fill",
        INK);
    svg.text(
        "text", summary() + "  ·  " + date, "x", MARGIN, "y", 78, "font-size", 14, "fill", PALE);
  }

  private String summary() {
    long plugins = count(Condition.SERVES) + failing();
    String trouble = failing() == 0 ? "all serve" : "%d serve".formatted(count(Condition.SERVES));
    StringBuilder words = new StringBuilder("%d plugins, %s".formatted(plugins, trouble));
    add(words, Condition.WAITS, "waiting");
    add(words, Condition.FAILED, "failed");
    add(words, Condition.SKIPPED, "skipped");
    return words.toString();
  }

  private void add(StringBuilder words, Condition condition, String word) {
    if (count(condition) > 0) {
      words.append(", %d %s".formatted(count(condition), word));
    }
  }

  private long failing() {
    return count(Condition.WAITS) + count(Condition.FAILED) + count(Condition.SKIPPED);
  }

  private long count(Condition condition) {
    return graph.nodes().stream().filter(node -> node.condition() == condition).count();
  }

  private List<String> families() {
    TreeSet<String> families = new TreeSet<>();
    graph.nodes().stream()
        .map(Node::family)
        .filter(family -> !family.isEmpty())
        .forEach(families::add);
    return List.copyOf(families);
  }

  private void line(Edge edge, List<Point> points) {
    StringBuilder path =
        new StringBuilder("M%d %d".formatted(points.getFirst().x(), points.getFirst().y()));
    for (int i = 1; i < points.size(); i++) {
      Point from = points.get(i - 1);
      Point to = points.get(i);
      int middle = (from.x() + to.x()) / 2;
      path.append(
          i % 2 == 0
              ? " L%d %d".formatted(to.x(), to.y())
              : " C%d %d %d %d %d %d".formatted(middle, from.y(), middle, to.y(), to.x(), to.y()));
    }
    Node to = nodes.get(edge.to());
    String colour = edge.met() && to != null ? Palette.of(to.family()).strong() : "#c62828";
    svg.open(
        "path",
        "d",
        path,
        "fill",
        "none",
        "stroke",
        colour,
        "stroke-width",
        edge.met() ? 1.5 : 2.5,
        "stroke-opacity",
        edge.met() ? 0.55 : 1,
        "stroke-dasharray",
        edge.optional() ? "5 4" : "none",
        "marker-end",
        "url(#asks)");
    svg.text(
        "title",
        "%s asks %s for %s%s%s"
            .formatted(
                edge.from(),
                edge.to(),
                String.join(", ", edge.contracts()),
                edge.optional() ? " (optional)" : "",
                edge.met() ? "" : ", and has it not"));
    svg.close("path");
  }

  private void shelf() {
    if (layout.shelf() > 0 && layout.shelf() < layout.height()) {
      svg.text(
          "text", "on their own", "x", 0, "y", layout.shelf() - 14, "font-size", 12, "fill", PALE);
    }
  }

  private void box(String name, Box box) {
    Node node = nodes.get(name);
    if (node != null) {
      new NodeBox(svg, node).draw(box);
    }
  }
}
