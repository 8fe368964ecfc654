// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import gantry.bench.Figure.Better;
import gantry.bench.Figure.Statistic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The figures of a run and what went wrong. For one thread. */
final class Report {
  private final Consumer<Figure> listener;
  private final List<Figure> figures = new ArrayList<>();
  private final TreeMap<String, String> failures = new TreeMap<>();

  /**
   * @param listener is shown each figure at once
   */
  Report(Consumer<Figure> listener) {
    this.listener = listener;
  }

  /** Adds a figure. */
  void add(Figure figure) {
    figures.add(figure);
    listener.accept(figure);
  }

  /** Adds the median of a series of which less is better. */
  void less(String row, String name, String unit, Series series, String note) {
    add(row, name, unit, Better.LESS, Statistic.MEDIAN, series, note);
  }

  /** Adds the median of a series of which more is better. */
  void more(String row, String name, String unit, Series series, String note) {
    add(row, name, unit, Better.MORE, Statistic.MEDIAN, series, note);
  }

  /** Adds the 99th of a hundred of a series of which less is better. */
  void worst(String row, String name, String unit, Series series, String note) {
    add(row, name + ", p99", unit, Better.LESS, Statistic.P99, series, note);
  }

  private void add(
      String row,
      String name,
      String unit,
      Better better,
      Statistic statistic,
      Series series,
      String note) {
    add(new Figure(row, name, unit, better, statistic, series.gantry(), series.peer(), note));
  }

  /** A row could not be measured. */
  void failed(String row, String reason) {
    failures.put(row, reason);
  }

  List<Figure> figures() {
    return List.copyOf(figures);
  }

  /** What is broken: rows that failed, have no figure, or figures that are not numbers. */
  List<String> problems(Set<String> wanted) {
    List<String> problems = new ArrayList<>();
    failures.forEach((row, reason) -> problems.add(row + ": " + reason));
    Set<String> silent = new TreeSet<>(wanted);
    figures.forEach(figure -> silent.remove(figure.row()));
    silent.removeAll(failures.keySet());
    silent.forEach(row -> problems.add(row + ": gave no figure"));
    figures.stream()
        .filter(figure -> !figure.isWhole())
        .forEach(figure -> problems.add(figure.row() + ": no number for " + figure.name()));
    return problems;
  }
}
