// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.util.Arrays;
import java.util.List;

/** Measured values of one thing, in the order in which they were taken. */
record Samples(List<Double> values) {
  Samples {
    values = List.copyOf(values);
  }

  /** None: the side cannot do it. */
  static Samples none() {
    return new Samples(List.of());
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  double median() {
    return quantile(0.5);
  }

  /** The value that 99 of 100 do not exceed; of fewer than a hundred, the largest. */
  double p99() {
    return quantile(0.99);
  }

  double min() {
    return quantile(0);
  }

  double max() {
    return quantile(1);
  }

  /** Median of the distances from the median: how far values lie apart, whatever the worst do. */
  double deviation() {
    double middle = median();
    return new Samples(values.stream().map(value -> Math.abs(value - middle)).toList()).median();
  }

  private double quantile(double share) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    if (share == 0.5 && sorted.length % 2 == 0) {
      return Arrays.stream(sorted, sorted.length / 2 - 1, sorted.length / 2 + 1).sum() / 2;
    }
    return sorted[Math.clamp((long) Math.ceil(share * sorted.length) - 1, 0, sorted.length - 1)];
  }
}
