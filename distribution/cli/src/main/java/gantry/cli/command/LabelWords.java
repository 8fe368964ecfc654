// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import gantry.labels.Labels;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Labels as words of a command line and as a cell of a table. */
public final class LabelWords {
  private LabelWords() {}

  /**
   * Reads {@code key=value}; a word without a value becomes {@code true}. Where labels are changed,
   * an empty value removes one.
   */
  public static Map<String, String> parse(List<String> words) {
    return parse(words, "true");
  }

  /** As {@link #parse(List)}, but a word without a value is a label with an empty one. */
  public static Map<String, String> bare(List<String> words) {
    return parse(words, "");
  }

  /** {@code key=value,key=value} in key order; {@code otherwise} if there is none. */
  public static String cell(Labels labels, String otherwise) {
    if (labels.map().isEmpty()) {
      return otherwise;
    }
    return labels.map().entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .sorted(Comparator.naturalOrder())
        .collect(Collectors.joining(","));
  }

  private static Map<String, String> parse(List<String> words, String bare) {
    Map<String, String> labels = new TreeMap<>();
    for (String word : words) {
      int equals = word.indexOf('=');
      if (equals == 0) {
        throw new UsageException("label %s: want key=value".formatted(word));
      }
      labels.put(
          equals < 0 ? word : word.substring(0, equals),
          equals < 0 ? bare : word.substring(equals + 1));
    }
    return labels;
  }
}
