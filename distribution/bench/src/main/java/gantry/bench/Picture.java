// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The result as a picture, SVG: a bar for each compared figure, to the right of the middle where
 * Gantry is better and to the left where containerd is, on a logarithmic scale.
 */
final class Picture {
  private static final int WIDTH = 860;
  private static final int MIDDLE = 590;
  private static final int HALF = 200;
  private static final int TOP = 62;
  private static final int STEP = 20;
  private static final int BAR = 12;

  /** How many times better fills a whole side. */
  private static final double FULL = 32;

  /** Colours that can be told apart by everybody, for light and for dark pages. */
  private static final String STYLE =
      """
      text { font: 12px system-ui, sans-serif; fill: #24292f }
      .title { font-size: 15px; font-weight: 600 }
      .faint { fill: #57606a }
      .wins { fill: #0072b2 } .loses { fill: #d55e00 }
      .axis { stroke: #57606a } .grid { stroke: #57606a; stroke-opacity: .25 }
      @media (prefers-color-scheme: dark) {
        text { fill: #e6edf3 } .faint { fill: #9198a1 }
        .wins { fill: #56b4e9 } .loses { fill: #e69f00 }
        .axis { stroke: #9198a1 } .grid { stroke: #9198a1; stroke-opacity: .3 }
      }
      """;

  private Picture() {}

  /** Writes it; directories are made. */
  static void write(Path file, Machine machine, List<Figure> figures) throws IOException {
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Files.writeString(file, draw(machine, figures.stream().filter(Picture::isShown).toList()));
  }

  /** The typical values say enough for a picture; the worst are in the table. */
  private static boolean isShown(Figure figure) {
    return figure.isCompared() && !figure.name().contains("p99");
  }

  private static String draw(Machine machine, List<Figure> figures) {
    int bottom = TOP + figures.size() * STEP;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
            .formatted(WIDTH, bottom + 46));
    svg.append("<title>Gantry beside containerd</title>\n<style>\n");
    svg.append(STYLE).append("</style>\n");
    text(svg, 10, 24, "title", "start", "Gantry beside containerd: how many times better");
    text(svg, MIDDLE - 8, 48, "faint", "end", "← containerd better");
    text(svg, MIDDLE + 8, 48, "faint", "start", "Gantry better →");
    for (double times : new double[] {2, 4, 8, 16}) {
      grid(svg, at(times), bottom, number(times) + "×");
      grid(svg, at(1 / times), bottom, number(times) + "×");
    }
    line(svg, MIDDLE, bottom, "axis");
    for (int i = 0; i < figures.size(); i++) {
      bar(svg, TOP + i * STEP, figures.get(i));
    }
    String facts =
        "%s · %s · %s cores · kernel %s"
            .formatted(
                machine
                    .facts()
                    .getOrDefault("containerd", "")
                    .replaceAll(" github\\S*| [0-9a-f]{40}", ""),
                machine.facts().getOrDefault("runc", ""),
                machine.facts().getOrDefault("cores", ""),
                machine.facts().getOrDefault("kernel", ""));
    text(svg, 10, bottom + 38, "faint", "start", facts);
    return svg.append("</svg>\n").toString();
  }

  private static void bar(StringBuilder svg, int y, Figure figure) {
    double end = at(figure.advantage());
    boolean wins = figure.advantage() >= 1;
    text(svg, 10, y + BAR - 1, "", "start", figure.name());
    svg.append(
        "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>%n"
            .formatted(
                wins ? "wins" : "loses",
                Math.min(end, MIDDLE),
                y,
                Math.max(1, Math.abs(end - MIDDLE)),
                BAR));
    double times = wins ? figure.advantage() : 1 / figure.advantage();
    text(
        svg,
        wins ? end + 4 : end - 4,
        y + BAR - 1,
        "",
        wins ? "start" : "end",
        Table.number(times) + "×");
  }

  private static double at(double advantage) {
    double share = Math.log(advantage) / Math.log(FULL);
    return MIDDLE + HALF * Math.clamp(share, -1, 1);
  }

  private static void grid(StringBuilder svg, double x, int bottom, String label) {
    line(svg, x, bottom, "grid");
    text(svg, x, bottom + 16, "faint", "middle", label);
  }

  private static void line(StringBuilder svg, double x, int bottom, String style) {
    svg.append(
        "<line class=\"%1$s\" x1=\"%2$.1f\" x2=\"%2$.1f\" y1=\"%3$d\" y2=\"%4$d\"/>%n"
            .formatted(style, x, TOP - 6, bottom));
  }

  private static void text(
      StringBuilder svg, double x, int y, String style, String anchor, String text) {
    svg.append(
        "<text class=\"%s\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>%n"
            .formatted(style, x, y, anchor, text.replace("&", "&amp;").replace("<", "&lt;")));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
