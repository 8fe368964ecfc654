// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import java.util.List;

/** What the colours and frames of a picture mean, in as many rows as it takes. */
final class Legend {
  private static final String PALE = "#546e7a";
  private static final int ROW = 30;
  private static final double LETTER = 7.2;

  private final Svg svg;
  private final List<String> families;
  private final int left;
  private final int right;
  private double x;
  private int y;

  Legend(Svg svg, List<String> families, int left, int right) {
    this.svg = svg;
    this.families = families;
    this.left = left;
    this.right = right;
  }

  /** How high it is. */
  static int height(List<String> families, int left, int right) {
    Legend trial = new Legend(new Svg(), families, left, right);
    trial.draw(0);
    return trial.y + ROW;
  }

  void draw(int top) {
    svg.leaf("line", "x1", left, "y1", top, "x2", right, "y2", top, "stroke", "#cfd8dc");
    x = left;
    y = top + ROW;
    for (String family : families) {
      Palette.Colour colour = Palette.of(family);
      chip(colour.light(), colour.strong(), 1.2, "none", family);
    }
    x = left;
    y += ROW;
    chip("#ffffff", PALE, 1.2, "none", "serves");
    chip("#fff8e1", "#ff8f00", 2.2, "6 4", "waits for another");
    chip("#ffebee", "#c62828", 2.8, "none", "failed");
    chip("#f5f5f5", "#b0bec5", 1.2, "none", "skipped: disabled, or not on this host");
    stroke("none", PALE, "asks");
    stroke("5 4", PALE, "asks, but serves without");
    stroke("none", "#c62828", "asks in vain");
  }

  private void chip(String fill, String stroke, double width, String dashes, String words) {
    breakBefore(words);
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
    words(words);
  }

  private void stroke(String dashes, String stroke, String words) {
    breakBefore(words);
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
    words(words);
  }

  private void breakBefore(String words) {
    if (x > left && x + 30 + words.length() * LETTER > right) {
      x = left;
      y += ROW;
    }
  }

  private void words(String words) {
    svg.text("text", words, "x", x + 30, "y", y, "font-size", 12, "fill", PALE);
    x = Math.round(x + 30 + words.length() * LETTER + 22);
  }
}
