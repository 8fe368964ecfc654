// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import gantry.metrics.MetricSource;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginTraffic;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The calls between plugins, by plugin and contract. */
final class HandleNumbers implements MetricSource {
  private final PluginTraffic traffic;

  HandleNumbers(PluginTraffic traffic) {
    this.traffic = traffic;
  }

  @Override
  public List<MetricFamily> metrics() {
    List<HandleStatus> handles = traffic.handles();
    return List.of(
        family(
            handles,
            "calls_total",
            MetricFamily.Type.COUNTER,
            "calls that ended",
            HandleStatus::calls),
        family(
            handles,
            "calls_in_flight",
            MetricFamily.Type.GAUGE,
            "calls in the plugin",
            HandleStatus::inFlight),
        family(
            handles,
            "calls_in_flight_limit",
            MetricFamily.Type.GAUGE,
            "calls that may be in the plugin at once",
            HandleStatus::inFlightMax),
        family(
            handles,
            "calls_refused_total",
            MetricFamily.Type.COUNTER,
            "calls that were not let in",
            HandleStatus::refused),
        family(
            handles,
            "calls_late_total",
            MetricFamily.Type.COUNTER,
            "calls that outlasted their deadline",
            HandleStatus::late),
        family(
            handles,
            "breaker_open",
            MetricFamily.Type.GAUGE,
            "1 while calls are refused because the plugin hangs",
            handle -> handle.open() ? 1 : 0),
        family(
            handles,
            "longest_wait_seconds",
            MetricFamily.Type.GAUGE,
            "the longest a call waited for the plugin",
            handle -> handle.longestWait().toNanos() / 1e9),
        family(
            handles,
            "oldest_call_seconds",
            MetricFamily.Type.GAUGE,
            "how long the oldest call in the plugin has been there",
            handle -> handle.oldest().toNanos() / 1e9));
  }

  private static MetricFamily family(
      List<HandleStatus> handles,
      String name,
      MetricFamily.Type type,
      String help,
      ToDoubleFunction<HandleStatus> value) {
    return new MetricFamily(
        "gantry_plugin_" + name,
        type,
        help,
        handles.stream()
            .map(
                handle ->
                    MetricSample.of(
                        Map.of("plugin", handle.plugin(), "contract", handle.contract()),
                        value.applyAsDouble(handle)))
            .toList());
  }
}
