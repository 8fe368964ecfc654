// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The result for a terminal. */
record Table(PrintStream out) {
  /** What differs by less may be chance. */
  private static final double EVEN = 1.05;

  private static final String LINE = "%-62s %5s %18s %18s %7s  %s%n";

  /** Writes what the columns are. */
  void head(Machine machine) {
    machine.facts().forEach((name, value) -> out.printf("%-12s %s%n", name, value));
    out.printf("%n" + LINE, "", "", "Gantry", "containerd", "ratio", "");
  }

  /** Writes one line: value and median deviation of both, and Gantry's value by containerd's. */
  void line(Figure figure) {
    out.printf(
        LINE,
        figure.name(),
        figure.unit(),
        cell(figure.gantryValue(), figure.gantry()),
        figure.isCompared() ? cell(figure.peerValue(), figure.peer()) : "",
        figure.isCompared() ? number(figure.ratio()) : "",
        figure.note());
    out.flush();
  }

  /** Says plainly who is better where. */
  void verdict(List<Figure> figures) {
    List<Figure> compared =
        figures.stream()
            .filter(Figure::isCompared)
            .sorted(Comparator.comparingDouble(Figure::advantage))
            .toList();
    out.printf("%nGantry loses:%n");
    compared.stream().filter(f -> f.advantage() < 1 / EVEN).forEach(this::verdict);
    out.printf("%nAbout even:%n");
    compared.stream()
        .filter(f -> f.advantage() >= 1 / EVEN && f.advantage() <= EVEN)
        .forEach(this::verdict);
    out.printf("%nGantry wins:%n");
    compared.reversed().stream().filter(f -> f.advantage() > EVEN).forEach(this::verdict);
  }

  private void verdict(Figure figure) {
    boolean loses = figure.advantage() < 1;
    out.printf(
        "  %7s times %s  %s%n",
        number(loses ? 1 / figure.advantage() : figure.advantage()),
        loses ? "worse " : "better",
        figure.name());
  }

  private static String cell(double value, Samples samples) {
    return "%s ±%s".formatted(number(value), number(samples.deviation()));
  }

  /** Three digits that matter. */
  static String number(double value) {
    double size = Math.abs(value);
    int digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 3;
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }
}
