// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import gantry.boot.config.Shape.Array;
import gantry.boot.config.Shape.Choice;
import gantry.boot.config.Shape.Scalar;
import gantry.boot.config.Shape.Table;
import gantry.errors.InvalidArgumentException;
import gantry.plugins.GoDuration;
import gantry.plugins.PluginUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Holds a file against its shape: what does not fit is an error, what nobody knows a warning. */
final class ShapeCheck {
  private final TomlFile file;
  private final List<Problem> errors = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  ShapeCheck(TomlFile file, Table shape) {
    this.file = file;
    table(List.of(), file.tree(), shape);
  }

  List<Problem> errors() {
    return errors;
  }

  List<Problem> warnings() {
    return warnings;
  }

  private void table(List<String> path, Map<?, ?> table, Table shape) {
    table.forEach(
        (name, value) -> {
          String key = String.valueOf(name);
          List<String> inner = new ArrayList<>(path);
          inner.add(key);
          Shape known = shape.keys().getOrDefault(key, shape.others());
          if (known == null) {
            warnings.add(at(inner, "unknown key \"%s\" is ignored".formatted(words(inner))));
          } else {
            value(inner, value, known);
          }
        });
  }

  private void value(List<String> path, Object value, Shape shape) {
    if (!fits(value, shape)) {
      errors.add(
          at(path, "\"%s\" must be %s, not %s".formatted(words(path), shape.words(), value)));
    } else if (shape instanceof Table inner && value instanceof Map<?, ?> table) {
      table(path, table, inner);
    } else if (shape instanceof Array array && value instanceof List<?> list) {
      list.forEach(item -> value(path, item, array.item()));
    }
  }

  private static boolean fits(Object value, Shape shape) {
    if (shape instanceof Table) {
      return value instanceof Map;
    }
    if (shape instanceof Array) {
      return value instanceof List;
    }
    if (shape instanceof Choice choice) {
      return value instanceof String text && (text.isEmpty() || choice.options().contains(text));
    }
    return fitsScalar(value, (Scalar) shape);
  }

  private static boolean fitsScalar(Object value, Scalar shape) {
    return switch (shape) {
      case TEXT -> value instanceof String;
      case NUMBER -> value instanceof Long;
      case FLAG -> value instanceof Boolean;
      case DURATION -> value instanceof String text && GoDuration.parse(text).isPresent();
      case PLUGIN -> value instanceof String text && isPlugin(text);
      case ANY -> true;
    };
  }

  private static boolean isPlugin(String text) {
    try {
      PluginUri.parse(text);
      return true;
    } catch (InvalidArgumentException e) {
      return false;
    }
  }

  private Problem at(List<String> path, String message) {
    return new Problem(file.path(), file.lines().line(path), message);
  }

  /** As the user wrote it: a segment with dots in quotes. */
  private static String words(List<String> path) {
    List<String> segments = new ArrayList<>();
    for (String segment : path) {
      segments.add(segment.contains(".") ? "'" + segment + "'" : segment);
    }
    return String.join(".", segments);
  }
}
