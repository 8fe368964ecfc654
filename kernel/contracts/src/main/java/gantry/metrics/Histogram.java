// SPDX-License-Identifier: Apache-2.0
package gantry.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long things took, counted by the upper bounds that Prometheus' clients have by default: from
 * 5 ms to 10 s. Its state is an array of numbers that a plugin may keep for its next version. Safe
 * for concurrent use; what is read while it is written may lack the last of it.
 */
public final class Histogram {
  private static final double[] BOUNDS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  private static final int SUM = BOUNDS.length + 1;

  /** How many numbers its state has. */
  public static final int SIZE = SUM + 1;

  private final AtomicLongArray state;
  private final int from;

  /** Begins with nothing. */
  public Histogram() {
    this(new AtomicLongArray(SIZE), 0);
  }

  /**
   * Goes on with a state.
   *
   * @param from where in the array its {@link #SIZE} numbers begin
   */
  public Histogram(AtomicLongArray state, int from) {
    this.state = state;
    this.from = from;
  }

  /** Counts one. */
  public void add(Duration took) {
    double seconds = took.toNanos() / 1e9;
    int bound = 0;
    while (bound < BOUNDS.length && seconds > BOUNDS[bound]) {
      bound++;
    }
    state.incrementAndGet(from + bound);
    state.addAndGet(from + SUM, took.toNanos());
  }

  /** Its numbers, for a family of type histogram. */
  public List<MetricSample> samples(Map<String, String> labels) {
    List<MetricSample> samples = new ArrayList<>();
    long below = 0;
    for (int i = 0; i <= BOUNDS.length; i++) {
      below += state.get(from + i);
      TreeMap<String, String> bounded = new TreeMap<>(labels);
      bounded.put("le", i < BOUNDS.length ? bound(BOUNDS[i]) : "+Inf");
      samples.add(new MetricSample("_bucket", bounded, below));
    }
    TreeMap<String, String> all = new TreeMap<>(labels);
    samples.add(new MetricSample("_sum", all, state.get(from + SUM) / 1e9));
    samples.add(new MetricSample("_count", all, below));
    return samples;
  }

  private static String bound(double bound) {
    return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
  }
}
