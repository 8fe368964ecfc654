// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The numbers of one task as they are gathered. Not for concurrent use. */
final class CgroupSeries {
  private static final double TWO_TO_64 = 0x1p64;

  private record Head(String name, MetricFamily.Type type, String help) {}

  private final Map<Head, List<MetricSample>> samples = new LinkedHashMap<>();
  private final Map<String, String> labels;

  CgroupSeries(Map<String, String> labels) {
    this.labels = labels;
  }

  void add(String name, String help, long value) {
    add(name, help, Map.of(), value);
  }

  void add(String name, String help, Map<String, String> more, long value) {
    add(MetricFamily.Type.GAUGE, name, help, more, value);
  }

  /**
   * Adds a number.
   *
   * @param value without a sign, as the kernel counts
   */
  void add(MetricFamily.Type type, String name, String help, Map<String, String> more, long value) {
    TreeMap<String, String> all = new TreeMap<>(labels);
    all.putAll(more);
    samples
        .computeIfAbsent(new Head("container_" + name, type, help), _ -> new ArrayList<>())
        .add(new MetricSample("", all, value < 0 ? value + TWO_TO_64 : value));
  }

  List<MetricFamily> families() {
    return samples.entrySet().stream()
        .map(
            entry ->
                new MetricFamily(
                    entry.getKey().name(),
                    entry.getKey().type(),
                    entry.getKey().help(),
                    entry.getValue()))
        .toList();
  }
}
