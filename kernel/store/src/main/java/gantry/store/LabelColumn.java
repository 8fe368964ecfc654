// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import gantry.labels.Labels;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Texts by name in one column: a line {@code name=value} for each, in the order of names; {@code
 * \\}, newline and, in names, {@code =} are written as {@code \\\\}, {@code \\n} and {@code \\=}.
 */
public final class LabelColumn {
  private LabelColumn() {}

  /** What to store. */
  public static String encode(Labels labels) {
    return encode(labels.map());
  }

  /** What to store. */
  public static String encode(Map<String, String> texts) {
    StringBuilder out = new StringBuilder();
    new TreeMap<>(texts)
        .forEach(
            (name, value) -> {
              escape(name, true, out);
              out.append('=');
              escape(value, false, out);
              out.append('\n');
            });
    return out.toString();
  }

  /** What was stored, as labels. */
  public static Labels labels(String column) {
    return column.isEmpty() ? Labels.none() : new Labels(decode(column));
  }

  /** What was stored. */
  public static SortedMap<String, String> decode(String column) {
    SortedMap<String, String> texts = new TreeMap<>();
    StringBuilder part = new StringBuilder();
    String name = "";
    boolean isName = true;
    for (int i = 0; i < column.length(); i++) {
      char c = column.charAt(i);
      if (c == '\\') {
        char escaped = column.charAt(++i);
        part.append(escaped == 'n' ? '\n' : escaped);
      } else if (c == '=' && isName) {
        name = part.toString();
        part.setLength(0);
        isName = false;
      } else if (c == '\n') {
        texts.put(name, part.toString());
        part.setLength(0);
        isName = true;
      } else {
        part.append(c);
      }
    }
    return texts;
  }

  private static void escape(String text, boolean isName, StringBuilder out) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        out.append("\\n");
      } else if (c == '\\' || (isName && c == '=')) {
        out.append('\\').append(c);
      } else {
        out.append(c);
      }
    }
  }
}
