// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Numbers as text of Prometheus' format 0.0.4:
 *
 * <pre>
 * # HELP name what it is
 * # TYPE name counter
 * name{label="value",other="value"} 17
 * </pre>
 *
 * Families come by name, each once; a series that comes twice is shown once.
 */
final class Exposition {
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Logger LOG = LoggerFactory.getLogger(Exposition.class);
  private static final double EXACT = 1L << 53;

  private final StringBuilder text = new StringBuilder();

  private Exposition() {}

  static String of(List<MetricFamily> families) {
    Map<String, List<MetricFamily>> byName = new TreeMap<>();
    for (MetricFamily family : families) {
      byName.computeIfAbsent(family.name(), _ -> new ArrayList<>()).add(family);
    }
    Exposition exposition = new Exposition();
    byName.values().forEach(exposition::family);
    return exposition.text.toString();
  }

  private void family(List<MetricFamily> parts) {
    MetricFamily first = parts.getFirst();
    text.append("# HELP ").append(first.name()).append(' ');
    text.append(first.help().replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
    text.append("# TYPE ").append(first.name()).append(' ');
    text.append(first.type().name().toLowerCase(Locale.ROOT)).append('\n');
    Set<String> seen = new HashSet<>();
    for (MetricFamily part : parts) {
      if (part.type() != first.type()) {
        LOG.warn("{} is a {} and a {}: one is left out", part.name(), first.type(), part.type());
        continue;
      }
      part.samples().forEach(sample -> sample(part.name(), sample, seen));
    }
  }

  private void sample(String name, MetricSample sample, Set<String> seen) {
    String series = series(name, sample);
    if (seen.add(series)) {
      text.append(series).append(' ').append(number(sample.value())).append('\n');
    }
  }

  private static String series(String name, MetricSample sample) {
    StringBuilder series = new StringBuilder(name).append(sample.suffix());
    if (sample.labels().isEmpty()) {
      return series.toString();
    }
    char before = '{';
    for (Map.Entry<String, String> label : sample.labels().entrySet()) {
      series.append(before).append(label.getKey()).append("=\"");
      escape(series, label.getValue());
      series.append('"');
      before = ',';
    }
    return series.append('}').toString();
  }

  private static void escape(StringBuilder to, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> to.append("\\\\");
        case '"' -> to.append("\\\"");
        case '\n' -> to.append("\\n");
        default -> to.append(c);
      }
    }
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) <= EXACT
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
