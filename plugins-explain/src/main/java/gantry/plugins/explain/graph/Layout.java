// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.explain.graph.Graph.Edge;
import gantry.plugins.explain.graph.Graph.Node;
import gantry.plugins.explain.graph.Layers.Cell;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each box and each line of a picture is, in pixels. Boxes of a column stand at the height of
 * what they are connected with, as nearly as the order of the column and the gaps allow.
 */
final class Layout {
  static final int BOX_WIDTH = 204;
  static final int BOX_HEIGHT = 46;

  private static final int COLUMN_GAP = 120;
  private static final int GAP = 16;
  private static final int EMPTY_MAX = 3 * GAP;
  private static final int LINE_HEIGHT = 8;
  private static final int ROUNDS = 40;
  private static final int SHELF_GAP = 24;
  private static final int LINES_SPREAD = 22;

  private final Layers layers;
  private final Map<Cell, Double> centres = new HashMap<>();
  private final Map<String, Box> boxes = new LinkedHashMap<>();
  private final Map<Edge, List<Point>> lines = new LinkedHashMap<>();
  private int shelf;
  private int width;
  private int height;

  /** A box by its upper left corner. */
  record Box(int x, int y) {
    boolean overlaps(Box other) {
      return Math.abs(x - other.x) < BOX_WIDTH && Math.abs(y - other.y) < BOX_HEIGHT;
    }
  }

  /** A place on a line. */
  record Point(int x, int y) {}

  Layout(Graph graph) {
    this.layers = new Layers(graph);
    settle();
    compact();
    place();
    connect();
    store(graph.nodes().stream().filter(node -> !boxes.containsKey(node.name())).toList());
  }

  /** By name. */
  Map<String, Box> boxes() {
    return boxes;
  }

  /** From the side of one box, through gaps between others, to the side of another. */
  Map<Edge, List<Point>> lines() {
    return lines;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Where the boxes without lines begin, from above; the height if there are none. */
  int shelf() {
    return shelf;
  }

  private void settle() {
    for (List<Cell> column : layers.columns()) {
      double y = 0;
      for (Cell cell : column) {
        centres.put(cell, y + size(cell) / 2.0);
        y += size(cell) + GAP;
      }
    }
    for (int round = 0; round < ROUNDS; round++) {
      List<List<Cell>> columns = layers.columns();
      for (int i = 0; i < columns.size(); i++) {
        pull(columns.get(round % 2 == 0 ? i : columns.size() - 1 - i));
      }
    }
  }

  private void pull(List<Cell> column) {
    double[] offsets = new double[column.size()];
    double[] wishes = new double[column.size()];
    for (int i = 0; i < column.size(); i++) {
      Cell cell = column.get(i);
      if (i > 0) {
        Cell above = column.get(i - 1);
        offsets[i] = offsets[i - 1] + (size(above) + size(cell)) / 2.0 + GAP;
      }
      wishes[i] = wish(cell) - offsets[i];
    }
    double[] places = Isotonic.fit(wishes);
    for (int i = 0; i < column.size(); i++) {
      centres.put(column.get(i), places[i] + offsets[i]);
    }
  }

  private double wish(Cell cell) {
    return layers.neighbours(cell).stream()
        .mapToDouble(neighbour -> centres.getOrDefault(neighbour, 0.0))
        .average()
        .orElse(centres.getOrDefault(cell, 0.0));
  }

  /** Parts that nothing connects drift apart; rows that are empty in all columns are taken out. */
  private void compact() {
    List<Cell> all = new ArrayList<>(centres.keySet());
    all.sort(Comparator.comparingDouble(this::top));
    double bottom = all.isEmpty() ? 0 : top(all.getFirst());
    double shift = 0;
    for (Cell cell : all) {
      double top = top(cell);
      double gap = top - bottom - EMPTY_MAX;
      if (gap > 0) {
        shift += gap;
        bottom = top;
      }
      bottom = Math.max(bottom, top + size(cell));
      centres.merge(cell, -shift, Double::sum);
    }
  }

  private double top(Cell cell) {
    return centres.getOrDefault(cell, 0.0) - size(cell) / 2.0;
  }

  private void place() {
    double top =
        layers.columns().stream()
            .flatMap(List::stream)
            .mapToDouble(cell -> centres.getOrDefault(cell, 0.0) - size(cell) / 2.0)
            .min()
            .orElse(0);
    centres.replaceAll((cell, centre) -> centre - top);
    for (List<Cell> column : layers.columns()) {
      for (Cell cell : column) {
        if (cell.isNode()) {
          boxes.put(cell.name(), new Box(x(cell), y(cell) - BOX_HEIGHT / 2));
        }
        height = Math.max(height, y(cell) + size(cell) / 2);
        width = Math.max(width, x(cell) + BOX_WIDTH);
      }
    }
  }

  private void connect() {
    layers
        .lines()
        .forEach(
            (edge, cells) -> {
              List<Point> points = new ArrayList<>();
              boolean forth = cells.getLast().column() >= cells.getFirst().column();
              for (Cell cell : cells) {
                int first = x(cell) + (forth ? 0 : BOX_WIDTH);
                int second = x(cell) + (forth ? BOX_WIDTH : 0);
                if (!cell.equals(cells.getFirst())) {
                  points.add(new Point(first, y(cell) + in(edge, cell)));
                }
                if (!cell.equals(cells.getLast())) {
                  points.add(new Point(second, y(cell) + out(edge, cell)));
                }
              }
              lines.put(edge, List.copyOf(points));
            });
  }

  /** Lines that leave a box are a little apart, in the order in which they go on. */
  private int out(Edge edge, Cell cell) {
    return cell.isNode() ? spread(edge, ends(cell, true)) : 0;
  }

  private int in(Edge edge, Cell cell) {
    return cell.isNode() ? spread(edge, ends(cell, false)) : 0;
  }

  private List<Edge> ends(Cell cell, boolean leaving) {
    return layers.lines().keySet().stream()
        .filter(edge -> (leaving ? edge.from() : edge.to()).equals(cell.name()))
        .sorted(Comparator.comparingInt(edge -> y(next(edge, leaving))))
        .toList();
  }

  private Cell next(Edge edge, boolean leaving) {
    List<Cell> cells = layers.lines().getOrDefault(edge, List.of());
    return cells.get(leaving ? 1 : cells.size() - 2);
  }

  private static int spread(Edge edge, List<Edge> all) {
    int count = all.size();
    double step = Math.min(5.0, (double) LINES_SPREAD / Math.max(1, count - 1));
    return (int) Math.round((all.indexOf(edge) - (count - 1) / 2.0) * step);
  }

  private void store(List<Node> alone) {
    shelf = height;
    if (alone.isEmpty()) {
      return;
    }
    int step = BOX_WIDTH + SHELF_GAP;
    int columns = Math.max(1, (Math.max(width, 3 * step) + SHELF_GAP) / step);
    int top = boxes.isEmpty() ? 0 : height + 2 * BOX_HEIGHT;
    shelf = top;
    for (int i = 0; i < alone.size(); i++) {
      Box box = new Box(i % columns * step, top + i / columns * (BOX_HEIGHT + GAP));
      boxes.put(alone.get(i).name(), box);
      height = Math.max(height, box.y() + BOX_HEIGHT);
      width = Math.max(width, box.x() + BOX_WIDTH);
    }
  }

  private static int x(Cell cell) {
    return cell.column() * (BOX_WIDTH + COLUMN_GAP);
  }

  private int y(Cell cell) {
    return (int) Math.round(centres.getOrDefault(cell, 0.0));
  }

  private static int size(Cell cell) {
    return cell.isNode() ? BOX_HEIGHT : LINE_HEIGHT;
  }
}
