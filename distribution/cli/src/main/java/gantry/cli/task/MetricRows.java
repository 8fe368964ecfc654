// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import com.google.protobuf.Message;
import io.containerd.cgroups.v1.CPUUsage;
import java.util.ArrayList;
import java.util.List;

/** The counters that matter most, one a line, named as the kernel's files. */
final class MetricRows {
  private MetricRows() {}

  static List<List<String>> of(Message counters) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("METRIC", "VALUE"));
    if (counters instanceof io.containerd.cgroups.v1.Metrics legacy) {
      legacy(legacy, rows);
    } else if (counters instanceof io.containerd.cgroups.v2.Metrics unified) {
      unified(unified, rows);
    }
    return rows;
  }

  private static void legacy(io.containerd.cgroups.v1.Metrics metrics, List<List<String>> rows) {
    if (metrics.hasMemory()) {
      row(rows, "memory.usage_in_bytes", metrics.getMemory().getUsage().getUsage());
      row(rows, "memory.limit_in_bytes", metrics.getMemory().getUsage().getLimit());
      row(rows, "memory.stat.cache", metrics.getMemory().getTotalCache());
    }
    if (metrics.hasCpu()) {
      CPUUsage usage = metrics.getCpu().getUsage();
      row(rows, "cpuacct.usage", usage.getTotal());
      rows.add(List.of("cpuacct.usage_percpu", usage.getPerCpuList().toString()));
    }
    if (metrics.hasPids()) {
      row(rows, "pids.current", metrics.getPids().getCurrent());
      row(rows, "pids.limit", metrics.getPids().getLimit());
    }
  }

  private static void unified(io.containerd.cgroups.v2.Metrics metrics, List<List<String>> rows) {
    if (metrics.hasPids()) {
      row(rows, "pids.current", metrics.getPids().getCurrent());
      row(rows, "pids.limit", metrics.getPids().getLimit());
    }
    if (metrics.hasCpu()) {
      row(rows, "cpu.usage_usec", metrics.getCpu().getUsageUsec());
      row(rows, "cpu.user_usec", metrics.getCpu().getUserUsec());
      row(rows, "cpu.system_usec", metrics.getCpu().getSystemUsec());
      row(rows, "cpu.nr_periods", metrics.getCpu().getNrPeriods());
      row(rows, "cpu.nr_throttled", metrics.getCpu().getNrThrottled());
      row(rows, "cpu.throttled_usec", metrics.getCpu().getThrottledUsec());
    }
    if (metrics.hasMemory()) {
      row(rows, "memory.usage", metrics.getMemory().getUsage());
      row(rows, "memory.usage_limit", metrics.getMemory().getUsageLimit());
      row(rows, "memory.swap_usage", metrics.getMemory().getSwapUsage());
      row(rows, "memory.swap_limit", metrics.getMemory().getSwapLimit());
    }
  }

  private static void row(List<List<String>> rows, String name, long value) {
    rows.add(List.of(name, Long.toUnsignedString(value)));
  }
}
