// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * On which line of a file each key stands. It follows table headers and plain keys, which is what
 * configuration files have; for a key it cannot place it answers with the nearest table around.
 */
final class KeyLines {
  private static final Pattern HEADER = Pattern.compile("\\s*\\[\\[?([^]]+)]]?\\s*(#.*)?");
  private static final Pattern ENTRY =
      Pattern.compile("\\s*((?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*'|\\s*\\.\\s*)+?)\\s*=.*");
  private static final Pattern SEGMENT = Pattern.compile("\"([^\"]*)\"|'([^']*)'|([A-Za-z0-9_-]+)");

  private final String text;

  /** Most files are without fault, so nobody asks. */
  private @Nullable Map<List<String>, Integer> lines;

  private KeyLines(String text) {
    this.text = text;
  }

  static KeyLines of(String text) {
    return new KeyLines(text);
  }

  /** The line of a key, or of the table around it; 0 if neither is there. */
  int line(List<String> path) {
    Map<List<String>, Integer> known = lines;
    if (known == null) {
      known = scan(text);
      lines = known;
    }
    for (int end = path.size(); end > 0; end--) {
      Integer line = known.get(path.subList(0, end));
      if (line != null) {
        return line;
      }
    }
    return 0;
  }

  private static Map<List<String>, Integer> scan(String text) {
    Map<List<String>, Integer> lines = new HashMap<>();
    List<String> table = List.of();
    int number = 0;
    for (String row : text.lines().toList()) {
      number++;
      Matcher header = HEADER.matcher(row);
      if (header.matches()) {
        table = segments(header.group(1));
        lines.putIfAbsent(table, number);
        continue;
      }
      Matcher entry = ENTRY.matcher(row);
      if (entry.matches()) {
        List<String> path = new ArrayList<>(table);
        path.addAll(segments(entry.group(1)));
        lines.putIfAbsent(path, number);
      }
    }
    return lines;
  }

  private static List<String> segments(String key) {
    List<String> segments = new ArrayList<>();
    Matcher matcher = SEGMENT.matcher(key);
    while (matcher.find()) {
      for (int group = 1; group <= 3; group++) {
        if (matcher.group(group) != null) {
          segments.add(matcher.group(group));
        }
      }
    }
    return segments;
  }
}
