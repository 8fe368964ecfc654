// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.explain.graph.Graph.Node;
import gantry.plugins.explain.graph.Layout.Box;

/** The box of a plugin: its id, what it has for others or why it does not serve, its family. */
final class NodeBox {
  private static final String INK = "#263238";
  private static final int STRIPE = 6;
  private static final int PAD = 16;
  private static final int LABEL_MAX = 19;
  private static final int SMALL_MAX = 31;

  private final Svg svg;
  private final Node node;

  NodeBox(Svg svg, Node node) {
    this.svg = svg;
    this.node = node;
  }

  void draw(Box box) {
    Look look = look();
    svg.open("g", "transform", "translate(%d %d)".formatted(box.x(), box.y()));
    svg.text("title", node.reason().isEmpty() ? node.name() : node.name() + ": " + node.reason());
    svg.leaf(
        "rect",
        "width",
        Layout.BOX_WIDTH,
        "height",
        Layout.BOX_HEIGHT,
        "rx",
        9,
        "fill",
        look.fill(),
        "stroke",
        look.stroke(),
        "stroke-width",
        look.width(),
        "stroke-dasharray",
        look.dashes());
    svg.leaf(
        "rect",
        "x",
        6,
        "y",
        8,
        "width",
        STRIPE,
        "height",
        Layout.BOX_HEIGHT - 16,
        "rx",
        3,
        "fill",
        look.stripe());
    svg.text(
        "text",
        cut(node.label(), LABEL_MAX),
        "x",
        PAD + 4,
        "y",
        20,
        "font-size",
        14,
        "font-weight",
        "bold",
        "fill",
        look.ink());
    svg.text(
        "text",
        cut(second(), SMALL_MAX),
        "x",
        PAD + 4,
        "y",
        36,
        "font-size",
        10.5,
        "fill",
        look.ink(),
        "fill-opacity",
        0.75);
    svg.close("g");
  }

  private String second() {
    String offers = String.join(", ", node.offers());
    return switch (node.condition()) {
      case SERVES -> offers.isEmpty() ? node.family() : node.family() + " · " + offers;
      case WAITS -> "… " + node.reason();
      case SKIPPED -> "skipped: " + node.reason();
      case FAILED -> "✗ " + node.reason();
      case MISSING -> "nobody offers it";
    };
  }

  private Look look() {
    Palette.Colour colour = Palette.of(node.family());
    return switch (node.condition()) {
      case SERVES -> new Look(colour.light(), colour.strong(), 1.2, "none", colour.strong(), INK);
      case WAITS -> new Look("#fff8e1", "#ff8f00", 2.2, "6 4", colour.strong(), INK);
      case SKIPPED -> new Look("#f5f5f5", "#b0bec5", 1.2, "none", "#b0bec5", "#546e7a");
      case FAILED -> new Look("#ffebee", "#c62828", 2.8, "none", "#c62828", "#b71c1c");
      case MISSING -> new Look("#ffffff", "#c62828", 1.6, "3 4", "#c62828", "#b71c1c");
    };
  }

  private static String cut(String text, int max) {
    return text.length() > max ? text.substring(0, max - 1) + "…" : text;
  }

  private record Look(
      String fill, String stroke, double width, String dashes, String stripe, String ink) {}
}
