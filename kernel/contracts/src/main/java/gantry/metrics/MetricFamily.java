// SPDX-License-Identifier: Apache-2.0
package gantry.metrics;

import java.util.List;

/**
 * Numbers of one name. Two sources may tell of the same family if type and help agree.
 *
 * @param name {@code [a-zA-Z_:][a-zA-Z0-9_:]*}; of a counter it ends in {@code _total}
 * @param help what it is, in words
 */
public record MetricFamily(String name, Type type, String help, List<MetricSample> samples) {
  /** Copies the samples. */
  public MetricFamily {
    samples = List.copyOf(samples);
  }

  /** How the numbers behave. */
  public enum Type {
    /** Only grows, but for a restart. */
    COUNTER,
    /** Goes up and down. */
    GAUGE,
    /** Counts by upper bound; made by {@link Histogram}. */
    HISTOGRAM
  }
}
