// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format 0.0.4 and refuses whatever it does not allow: lines of a family
 * that are not together, a second HELP or TYPE, a series that comes twice, bad names, numbers or
 * escapes, histograms that shrink or do not add up.
 */
final class StrictText {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(?:Inf|NaN|\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)");
  private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, Double> series = new LinkedHashMap<>();
  private final Set<String> helped = new HashSet<>();
  private final Map<String, Double> buckets = new HashMap<>();
  private String family = "";

  private StrictText() {}

  static StrictText read(String text) {
    StrictText strict = new StrictText();
    if (!text.isEmpty() && !text.endsWith("\n")) {
      throw new AssertionError("the last line does not end");
    }
    for (String line : text.split("\n", -1)) {
      try {
        strict.line(line);
      } catch (IllegalStateException | IllegalArgumentException e) {
        throw new AssertionError(e.getMessage() + " in line: " + line, e);
      }
    }
    return strict;
  }

  /** Types by name of the family. */
  Map<String, String> types() {
    return types;
  }

  /** Numbers by series, as they are written. */
  Map<String, Double> series() {
    return series;
  }

  private void line(String line) {
    if (line.startsWith("# HELP ")) {
      help(line.substring(7));
    } else if (line.startsWith("# TYPE ")) {
      type(line.substring(7));
    } else if (line.startsWith("#")) {
      throw new IllegalStateException("a comment");
    } else if (!line.isEmpty()) {
      sample(line);
    }
  }

  private void help(String rest) {
    String name = name(rest.substring(0, rest.indexOf(' ')));
    require(helped.add(name), "second HELP");
    require(!types.containsKey(name), "HELP after TYPE");
    require(!Pattern.compile("(?<!\\\\)(?:\\\\\\\\)*\\\\[^\\\\n]").matcher(rest).find(), "escape");
    family = name;
  }

  private void type(String rest) {
    String[] words = rest.split(" ", -1);
    require(words.length == 2 && TYPES.contains(words[1]), "type");
    require(name(words[0]).equals(family), "TYPE without HELP before it");
    require(types.put(words[0], words[1]) == null, "second TYPE");
    require(!words[1].equals("counter") || words[0].endsWith("_total"), "name of a counter");
  }

  private void sample(String line) {
    int brace = line.indexOf('{');
    String name = name(line.substring(0, brace >= 0 ? brace : line.indexOf(' ')));
    requireInFamily(name);
    Map<String, String> labels = new LinkedHashMap<>();
    int end = brace >= 0 ? labels(line, brace + 1, labels) : name.length();
    require(line.charAt(end) == ' ', "blank before the number");
    String number = line.substring(end + 1);
    require(NUMBER.matcher(number).matches(), "number");
    double value = Double.parseDouble(number.replace("Inf", "Infinity"));
    require(series.put(line.substring(0, end), value) == null, "series that was there before");
    if ("histogram".equals(types.get(family))) {
      histogram(name, labels, value);
    }
  }

  private void requireInFamily(String name) {
    String type = types.get(family);
    require(type != null, "no TYPE");
    boolean isPart =
        "histogram".equals(type)
            && Set.of("_bucket", "_sum", "_count").contains(name.substring(family.length()));
    require(isPart || name.equals(family), "another family");
  }

  private void histogram(String name, Map<String, String> labels, double value) {
    String bound = labels.remove("le");
    String key = family + labels;
    if (name.endsWith("_bucket")) {
      require(bound != null, "no bound");
      require(buckets.getOrDefault(key, 0.0) <= value, "shrinking bucket");
      buckets.put(key, value);
      buckets.put(key + "le", Double.parseDouble(String.valueOf(bound).replace("Inf", "Infinity")));
    } else if (name.endsWith("_count")) {
      require(value == buckets.getOrDefault(key, -1.0), "count");
      require(buckets.getOrDefault(key + "le", 0.0).isInfinite(), "last bound");
    }
  }

  private static int labels(String line, int from, Map<String, String> labels) {
    int at = from;
    while (true) {
      Matcher label = LABEL.matcher(line).region(at, line.length());
      require(label.lookingAt(), "label");
      StringBuilder value = new StringBuilder();
      at = value(line, label.end(), value);
      require(labels.put(label.group(1), value.toString()) == null, "label that was there before");
      char next = line.charAt(at++);
      if (next == '}') {
        return at;
      }
      require(next == ',', "comma");
    }
  }

  private static int value(String line, int from, StringBuilder value) {
    for (int at = from; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\') {
        c = line.charAt(++at);
        require(c == '\\' || c == '"' || c == 'n', "escape");
        c = c == 'n' ? '\n' : c;
      }
      value.append(c);
    }
    throw new IllegalStateException("label without an end");
  }

  private static String name(String text) {
    require(NAME.matcher(text).matches(), "name");
    return text;
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalStateException("bad " + what);
    }
  }
}
