// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** Writes a tree as TOML: plain values first, then tables, indented by depth. */
public final class TomlWriter {
  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_-]+");

  private final StringBuilder out = new StringBuilder();

  private TomlWriter() {}

  /** The text of a tree; it reads back as the same tree. */
  public static String write(Map<String, Object> tree) {
    TomlWriter writer = new TomlWriter();
    writer.table(List.of(), tree);
    return writer.out.toString();
  }

  /** The text of a value that is no table, or of a table in one line. */
  static String value(Object value) {
    TomlWriter writer = new TomlWriter();
    writer.append(value);
    return writer.out.toString();
  }

  /** A key with the tables it stands in. */
  static String key(List<String> path) {
    return String.join(".", path.stream().map(TomlWriter::key).toList());
  }

  private void table(List<String> path, Map<String, Object> table) {
    String indent = "  ".repeat(path.size());
    table.forEach(
        (key, value) -> {
          if (!(value instanceof Map)) {
            out.append(indent).append(key(key)).append(" = ");
            append(value);
            out.append('\n');
          }
        });
    table.forEach(
        (key, value) -> {
          if (value instanceof Map<?, ?> inner) {
            List<String> deeper = new ArrayList<>(path);
            deeper.add(key);
            out.append('\n').append(indent).append('[');
            out.append(key(deeper));
            out.append("]\n");
            table(deeper, Trees.copy(inner));
          }
        });
  }

  private void append(Object value) {
    switch (value) {
      case List<?> list -> {
        out.append('[');
        String separator = "";
        for (Object item : list) {
          out.append(separator);
          append(Objects.requireNonNull(item));
          separator = ", ";
        }
        out.append(']');
      }
      case Map<?, ?> inline -> {
        out.append('{');
        String separator = " ";
        for (Map.Entry<String, Object> entry : Trees.copy(inline).entrySet()) {
          out.append(separator).append(key(entry.getKey())).append(" = ");
          append(entry.getValue());
          separator = ", ";
        }
        out.append(" }");
      }
      case String text -> quoted(text);
      default -> out.append(value);
    }
  }

  private static String key(String key) {
    return BARE.matcher(key).matches() ? key : "'" + key + "'";
  }

  private void quoted(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
