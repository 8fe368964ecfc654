// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Rows to print, as a table for people or as JSON for programs. In JSON a row is an object whose
 * keys are the columns' titles in lower case, with underscores.
 *
 * @param <T> what a row is about
 */
public final class Listing<T> {
  private static final String GAP = "    ";

  private final List<Column<T>> columns = new ArrayList<>();

  private record Column<T>(String title, Function<T, String> cell, Function<T, Object> value) {}

  /** A column that prints the same text in both forms. */
  public Listing<T> column(String title, Function<T, String> cell) {
    return column(title, cell, cell::apply);
  }

  /** A column whose JSON value (text, number, map or list) is more exact than its cell. */
  public Listing<T> column(String title, Function<T, String> cell, Function<T, Object> value) {
    columns.add(new Column<>(title, cell, value));
    return this;
  }

  /** All columns of another listing, of what {@code inner} finds in a row. */
  public <U> Listing<T> columns(Listing<U> other, Function<T, U> inner) {
    for (Column<U> column : other.columns) {
      column(
          column.title(),
          row -> column.cell().apply(inner.apply(row)),
          row -> column.value().apply(inner.apply(row)));
    }
    return this;
  }

  /** Prints all rows as they should be. */
  public void print(List<T> rows, Invocation invocation) {
    if (invocation.json()) {
      printJson(rows, invocation.console().out());
    } else {
      printTable(rows, invocation.console().out());
    }
  }

  void printTable(List<T> rows, PrintStream out) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(columns.stream().map(Column::title).toList());
    for (T row : rows) {
      cells.add(columns.stream().map(column -> column.cell().apply(row)).toList());
    }
    print(cells, out);
  }

  private void printJson(List<T> rows, PrintStream out) {
    ArrayNode array = Json.array();
    for (T row : rows) {
      ObjectNode object = array.addObject();
      for (Column<T> column : columns) {
        String key = column.title().toLowerCase(Locale.ROOT).replace(' ', '_');
        object.set(key, Json.tree(column.value().apply(row)));
      }
    }
    out.println(Json.pretty(array));
  }

  /** Prints cells in columns as wide as their widest cell. */
  public static void print(List<List<String>> rows, PrintStream out) {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length()).append(GAP);
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
