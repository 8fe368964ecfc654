// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import gantry.metrics.Histogram;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counts collections, under the names that containerd gives them. Safe for concurrent use. */
final class Tally {
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Histogram took = new Histogram();

  void succeeded(Duration elapsed) {
    succeeded.incrementAndGet();
    took.add(elapsed);
  }

  void failed() {
    failed.incrementAndGet();
  }

  List<MetricFamily> families() {
    return List.of(
        new MetricFamily(
            "containerd_gc_collections_total",
            MetricFamily.Type.COUNTER,
            "garbage collections, by outcome",
            List.of(status("success", succeeded), status("fail", failed))),
        new MetricFamily(
            "containerd_gc_gc_seconds",
            MetricFamily.Type.HISTOGRAM,
            "how long garbage collections took",
            took.samples(Map.of())));
  }

  private static MetricSample status(String status, AtomicLong count) {
    return MetricSample.of(Map.of("status", status), (double) count.get());
  }
}
