// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.metrics.MetricFamily;
import io.containerd.cgroups.v1.BlkIOEntry;
import io.containerd.cgroups.v1.BlkIOStat;
import io.containerd.cgroups.v1.CPUStat;
import io.containerd.cgroups.v1.HugetlbStat;
import io.containerd.cgroups.v1.MemoryEntry;
import io.containerd.cgroups.v1.MemoryStat;
import io.containerd.cgroups.v1.Metrics;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The counters of a control group of the older kind, by the names that containerd gives them. */
final class CgroupV1Metrics {
  private record Amount(String name, ToLongFunction<MemoryStat> value) {}

  private static final List<Amount> MEMORY =
      List.of(
          amount("cache", MemoryStat::getCache),
          amount("rss", MemoryStat::getRss),
          amount("rss_huge", MemoryStat::getRssHuge),
          amount("mapped_file", MemoryStat::getMappedFile),
          amount("dirty", MemoryStat::getDirty),
          amount("writeback", MemoryStat::getWriteback),
          amount("pgpgin", MemoryStat::getPgPgIn),
          amount("pgpgout", MemoryStat::getPgPgOut),
          amount("pgfault", MemoryStat::getPgFault),
          amount("pgmajfault", MemoryStat::getPgMajFault),
          amount("inactive_anon", MemoryStat::getInactiveAnon),
          amount("active_anon", MemoryStat::getActiveAnon),
          amount("inactive_file", MemoryStat::getInactiveFile),
          amount("active_file", MemoryStat::getActiveFile),
          amount("unevictable", MemoryStat::getUnevictable),
          amount("hierarchical_memory_limit", MemoryStat::getHierarchicalMemoryLimit),
          amount("hierarchical_memsw_limit", MemoryStat::getHierarchicalSwapLimit),
          amount("total_cache", MemoryStat::getTotalCache),
          amount("total_rss", MemoryStat::getTotalRss),
          amount("total_rss_huge", MemoryStat::getTotalRssHuge),
          amount("total_mapped_file", MemoryStat::getTotalMappedFile),
          amount("total_dirty", MemoryStat::getTotalDirty),
          amount("total_writeback", MemoryStat::getTotalWriteback),
          amount("total_pgpgin", MemoryStat::getTotalPgPgIn),
          amount("total_pgpgout", MemoryStat::getTotalPgPgOut),
          amount("total_pgfault", MemoryStat::getTotalPgFault),
          amount("total_pgmajfault", MemoryStat::getTotalPgMajFault),
          amount("total_inactive_anon", MemoryStat::getTotalInactiveAnon),
          amount("total_active_anon", MemoryStat::getTotalActiveAnon),
          amount("total_inactive_file", MemoryStat::getTotalInactiveFile),
          amount("total_active_file", MemoryStat::getTotalActiveFile),
          amount("total_unevictable", MemoryStat::getTotalUnevictable));

  private final CgroupSeries series;

  private CgroupV1Metrics(CgroupSeries series) {
    this.series = series;
  }

  static List<MetricFamily> of(Metrics metrics, Map<String, String> labels) {
    CgroupSeries series = new CgroupSeries(labels);
    new CgroupV1Metrics(series).all(metrics);
    return series.families();
  }

  private static Amount amount(String name, ToLongFunction<MemoryStat> value) {
    return new Amount(name, value);
  }

  private void all(Metrics metrics) {
    if (metrics.hasPids()) {
      series.add("pids_current", "processes and threads", metrics.getPids().getCurrent());
      series.add("pids_limit", "most processes and threads", metrics.getPids().getLimit());
    }
    if (metrics.hasCpu()) {
      cpu(metrics.getCpu());
    }
    if (metrics.hasMemory()) {
      memory(metrics.getMemory());
    }
    if (metrics.hasMemoryOomControl()) {
      series.add(
          MetricFamily.Type.COUNTER,
          "memory_oom_total",
          "processes killed for want of memory",
          Map.of(),
          metrics.getMemoryOomControl().getOomKill());
    }
    metrics.getHugetlbList().forEach(this::huge);
    if (metrics.hasBlkio()) {
      blkio(metrics.getBlkio());
    }
  }

  private void cpu(CPUStat cpu) {
    if (cpu.hasUsage()) {
      series.add("cpu_total_nanoseconds", "processor time", cpu.getUsage().getTotal());
      series.add(
          "cpu_kernel_nanoseconds", "processor time in the kernel", cpu.getUsage().getKernel());
      series.add(
          "cpu_user_nanoseconds", "processor time outside the kernel", cpu.getUsage().getUser());
      int number = 0;
      for (long time : cpu.getUsage().getPerCpuList()) {
        series.add(
            "per_cpu_nanoseconds",
            "processor time, by processor",
            Map.of("cpu", Integer.toString(number++)),
            time);
      }
    }
    if (cpu.hasThrottling()) {
      var throttling = cpu.getThrottling();
      series.add("cpu_throttle_periods_total", "periods with a limit", throttling.getPeriods());
      series.add(
          "cpu_throttled_periods_total",
          "periods in which the limit was reached",
          throttling.getThrottledPeriods());
      series.add(
          "cpu_throttled_time_nanoseconds",
          "time held back by the limit",
          throttling.getThrottledTime());
    }
  }

  private void memory(MemoryStat memory) {
    for (Amount amount : MEMORY) {
      series.add(
          "memory_%s_bytes".formatted(amount.name()),
          amount.name() + " of memory.stat",
          amount.value().applyAsLong(memory));
    }
    if (memory.hasUsage()) {
      entry("usage", memory.getUsage());
    }
    if (memory.hasSwap()) {
      entry("swap", memory.getSwap());
    }
    if (memory.hasKernel()) {
      entry("kernel", memory.getKernel());
    }
    if (memory.hasKernelTcp()) {
      entry("kerneltcp", memory.getKernelTcp());
    }
  }

  private void entry(String name, MemoryEntry entry) {
    String of = "of memory counted as " + name;
    series.add("memory_%s_failcnt_total".formatted(name), "refusals " + of, entry.getFailcnt());
    series.add("memory_%s_limit_bytes".formatted(name), "limit " + of, entry.getLimit());
    series.add("memory_%s_max_bytes".formatted(name), "most use so far " + of, entry.getMax());
    series.add("memory_%s_usage_bytes".formatted(name), "use " + of, entry.getUsage());
  }

  private void huge(HugetlbStat pages) {
    Map<String, String> page = Map.of("page", pages.getPagesize());
    series.add("hugetlb_usage_bytes", "use of huge pages", page, pages.getUsage());
    series.add("hugetlb_failcnt_total", "refusals of huge pages", page, pages.getFailcnt());
    series.add("hugetlb_max_bytes", "most use of huge pages so far", page, pages.getMax());
  }

  private void blkio(BlkIOStat blkio) {
    entries("io_merged_recursive_total", blkio.getIoMergedRecursiveList());
    entries("io_queued_recursive_total", blkio.getIoQueuedRecursiveList());
    entries("io_service_bytes_recursive_bytes", blkio.getIoServiceBytesRecursiveList());
    entries("io_service_time_recursive_total", blkio.getIoServiceTimeRecursiveList());
    entries("io_serviced_recursive_total", blkio.getIoServicedRecursiveList());
    entries("io_time_recursive_total", blkio.getIoTimeRecursiveList());
    entries("sectors_recursive_total", blkio.getSectorsRecursiveList());
  }

  private void entries(String name, List<BlkIOEntry> entries) {
    for (BlkIOEntry entry : entries) {
      series.add(
          "blkio_" + name,
          "input and output on block devices",
          Map.of(
              "op", entry.getOp(),
              "device", entry.getDevice(),
              "major", Long.toUnsignedString(entry.getMajor()),
              "minor", Long.toUnsignedString(entry.getMinor())),
          entry.getValue());
    }
  }
}
