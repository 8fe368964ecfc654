// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.explain.graph.Graph.Edge;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Columns of a graph: who asks stands left of who is asked, and the order within the columns is
 * such that few lines cross. A line that passes a column has a place of its own there. The method
 * is that of Sugiyama, Tagawa and Toda (1981): longest paths, then barycentres back and forth.
 */
final class Layers {
  private static final int SWEEPS = 24;

  private final Graph graph;
  private final Map<String, Integer> ranks = new HashMap<>();
  private final Map<Edge, List<Cell>> lines = new LinkedHashMap<>();
  private final Map<Cell, List<Cell>> left = new HashMap<>();
  private final Map<Cell, List<Cell>> right = new HashMap<>();
  private List<List<Cell>> columns = new ArrayList<>();

  /**
   * A place in a column.
   *
   * @param name of a node, or of a line that passes
   */
  record Cell(String name, int column, boolean isNode) {}

  /** Lays out the nodes that ask or are asked; the others are not in it. */
  Layers(Graph graph) {
    this.graph = graph;
    rank();
    fill();
    order();
  }

  /** Each column from top to bottom. */
  List<List<Cell>> columns() {
    return columns;
  }

  /** The places of each line, from who asks to who is asked. */
  Map<Edge, List<Cell>> lines() {
    return lines;
  }

  /** The neighbours of a place on both sides. */
  List<Cell> neighbours(Cell cell) {
    List<Cell> both = new ArrayList<>(left.getOrDefault(cell, List.of()));
    both.addAll(right.getOrDefault(cell, List.of()));
    return both;
  }

  private void rank() {
    Map<String, List<String>> asked = new HashMap<>();
    Set<String> hasAsker = new HashSet<>();
    Set<List<String>> back = backEdges();
    for (Edge edge : graph.edges()) {
      if (!back.contains(List.of(edge.from(), edge.to()))) {
        asked.computeIfAbsent(edge.from(), key -> new ArrayList<>()).add(edge.to());
        hasAsker.add(edge.to());
      }
      ranks.put(edge.from(), 0);
      ranks.put(edge.to(), 0);
    }
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Map.Entry<String, List<String>> entry : asked.entrySet()) {
        for (String to : entry.getValue()) {
          int rank = ranks.getOrDefault(entry.getKey(), 0) + 1;
          moved |= ranks.getOrDefault(to, 0) < rank;
          ranks.merge(to, rank, Math::max);
        }
      }
    }
    // Whom nobody asks stands near those whom it asks.
    asked.forEach(
        (from, to) -> {
          if (!hasAsker.contains(from)) {
            int near = to.stream().mapToInt(name -> ranks.getOrDefault(name, 1)).min().orElse(1);
            ranks.put(from, near - 1);
          }
        });
  }

  /** The edges that close a circle. */
  private Set<List<String>> backEdges() {
    Set<List<String>> back = new HashSet<>();
    Set<String> done = new HashSet<>();
    graph.nodes().forEach(node -> visit(node.name(), new HashSet<>(), done, back));
    return back;
  }

  private void visit(String name, Set<String> path, Set<String> done, Set<List<String>> back) {
    if (!done.add(name)) {
      return;
    }
    path.add(name);
    for (Edge edge : graph.from(name)) {
      if (path.contains(edge.to())) {
        back.add(List.of(edge.from(), edge.to()));
      } else {
        visit(edge.to(), path, done, back);
      }
    }
    path.remove(name);
  }

  private void fill() {
    int last = ranks.values().stream().mapToInt(Integer::intValue).max().orElse(-1);
    for (int column = 0; column <= last; column++) {
      columns.add(new ArrayList<>());
    }
    graph.nodes().stream()
        .filter(node -> ranks.containsKey(node.name()))
        .sorted(Comparator.comparing(Graph.Node::family).thenComparing(Graph.Node::name))
        .forEach(node -> columns.get(cell(node.name()).column()).add(cell(node.name())));
    graph.edges().forEach(this::draw);
  }

  private Cell cell(String node) {
    return new Cell(node, ranks.getOrDefault(node, 0), true);
  }

  private void draw(Edge edge) {
    Cell from = cell(edge.from());
    Cell to = cell(edge.to());
    List<Cell> line = new ArrayList<>();
    line.add(from);
    int step = Integer.signum(to.column() - from.column());
    for (int column = from.column() + step; step != 0 && column != to.column(); column += step) {
      Cell passing = new Cell(edge.from() + " > " + edge.to(), column, false);
      columns.get(column).add(passing);
      line.add(passing);
    }
    line.add(to);
    for (int i = 1; i < line.size(); i++) {
      connect(line.get(i - 1), line.get(i));
    }
    lines.put(edge, List.copyOf(line));
  }

  private void connect(Cell one, Cell other) {
    Cell first = one.column() <= other.column() ? one : other;
    Cell second = first.equals(one) ? other : one;
    right.computeIfAbsent(first, key -> new ArrayList<>()).add(second);
    left.computeIfAbsent(second, key -> new ArrayList<>()).add(first);
  }

  private void order() {
    List<List<Cell>> best = copy();
    long fewest = crossings();
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
      boolean forth = sweep % 2 == 0;
      List<List<Cell>> way = new ArrayList<>(columns);
      if (!forth) {
        Collections.reverse(way);
      }
      for (List<Cell> column : way) {
        sort(column, forth ? left : right);
      }
      long crossings = crossings();
      if (crossings < fewest) {
        fewest = crossings;
        best = copy();
      }
    }
    columns = best;
  }

  private void sort(List<Cell> column, Map<Cell, List<Cell>> side) {
    Map<Cell, Integer> places = places();
    Map<Cell, Double> centres = new HashMap<>();
    for (Cell cell : column) {
      centres.put(
          cell,
          side.getOrDefault(cell, List.of()).stream()
              .mapToInt(neighbour -> places.getOrDefault(neighbour, 0))
              .average()
              .orElse(places.getOrDefault(cell, 0)));
    }
    column.sort(Comparator.comparingDouble(cell -> centres.getOrDefault(cell, 0.0)));
  }

  /** Places scaled to the longest column, so that columns of any length compare. */
  private Map<Cell, Integer> places() {
    Map<Cell, Integer> places = new HashMap<>();
    int longest = columns.stream().mapToInt(List::size).max().orElse(1);
    for (List<Cell> column : columns) {
      for (int i = 0; i < column.size(); i++) {
        places.put(column.get(i), (2 * i + 1) * 1000 * longest / (2 * column.size()));
      }
    }
    return places;
  }

  /** How many lines cross, between all columns. */
  long crossings() {
    Map<Cell, Integer> places = places();
    long crossings = 0;
    for (List<Cell> column : columns) {
      List<int[]> pairs = new ArrayList<>();
      for (Cell from : column) {
        for (Cell to : right.getOrDefault(from, List.of())) {
          pairs.add(new int[] {places.getOrDefault(from, 0), places.getOrDefault(to, 0)});
        }
      }
      for (int i = 0; i < pairs.size(); i++) {
        for (int j = i + 1; j < pairs.size(); j++) {
          int a = Integer.compare(pairs.get(i)[0], pairs.get(j)[0]);
          int b = Integer.compare(pairs.get(i)[1], pairs.get(j)[1]);
          crossings += a * b < 0 ? 1 : 0;
        }
      }
    }
    return crossings;
  }

  private List<List<Cell>> copy() {
    List<List<Cell>> copy = new ArrayList<>();
    columns.forEach(column -> copy.add(new ArrayList<>(column)));
    return copy;
  }
}
