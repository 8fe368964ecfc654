// SPDX-License-Identifier: Apache-2.0
package gantry.metrics;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One number.
 *
 * @param suffix what follows the family's name: empty but for parts of a histogram
 * @param labels by name, {@code [a-zA-Z_][a-zA-Z0-9_]*}; values are any text
 */
public record MetricSample(String suffix, SortedMap<String, String> labels, double value) {
  /** Copies the labels. */
  public MetricSample {
    labels = new TreeMap<>(labels);
  }

  /** A number that is no part of a histogram. */
  public static MetricSample of(Map<String, String> labels, double value) {
    return new MetricSample("", new TreeMap<>(labels), value);
  }
}
