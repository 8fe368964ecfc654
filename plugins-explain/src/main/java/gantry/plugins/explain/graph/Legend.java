// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import java.util.List;

/** What the colours and frames of a picture mean, in two rows. */
final class Legend {
  private static final String PALE = "#546e7a";
  private static final int ROW = 30;
  private static final double LETTER = 7.2;

  private final Svg svg;
  private final List<String> families;
  private double x;

  Legend(Svg svg, List<String> families) {
    this.svg = svg;
    this.families = families;
  }

  void draw(int left, int top, int width) {
    svg.leaf("line", "x1", left, "y1", top, "x2", left + width, "y2", top, "stroke", "#cfd8dc");
    x = left;
    for (String family : families) {
      Palette.Colour colour = Palette.of(family);
      chip(top + ROW, colour.light(), colour.strong(), 1.2, "none", family);
    }
    x = left;
    int second = top + 2 * ROW;
    chip(second, "#ffffff", PALE, 1.2, "none", "serves");
    chip(second, "#fff8e1", "#ff8f00", 2.2, "6 4", "waits for another");
    chip(second, "#ffebee", "#c62828", 2.8, "none", "failed");
    chip(second, "#f5f5f5", "#b0bec5", 1.2, "none", "skipped: disabled, or not on this host");
    stroke(second, "none", PALE, "asks");
    stroke(second, "5 4", PALE, "asks, but serves without");
    stroke(second, "none", "#c62828", "asks in vain");
  }

  private void chip(int y, String fill, String stroke, double width, String dashes, String words) {
    svg.leaf(
        "rect",
        "x",
        x,
        "y",
        y - 11,
        "width",
        22,
        "height",
        14,
        "rx",
        4,
        "fill",
        fill,
        "stroke",
        stroke,
        "stroke-width",
        width,
        "stroke-dasharray",
        dashes);
    words(y, words);
  }

  private void stroke(int y, String dashes, String stroke, String words) {
    svg.leaf(
        "line",
        "x1",
        x,
        "y1",
        y - 4,
        "x2",
        x + 22,
        "y2",
        y - 4,
        "stroke",
        stroke,
        "stroke-width",
        2,
        "stroke-dasharray",
        dashes,
        "marker-end",
        "url(#asks)");
    words(y, words);
  }

  private void words(int y, String words) {
    svg.text("text", words, "x", x + 30, "y", y, "font-size", 12, "fill", PALE);
    x = Math.round(x + 30 + words.length() * LETTER + 22);
  }
}
