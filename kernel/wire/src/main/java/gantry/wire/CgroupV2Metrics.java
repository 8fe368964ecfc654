// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.metrics.MetricFamily;
import io.containerd.cgroups.v2.CPUStat;
import io.containerd.cgroups.v2.IOEntry;
import io.containerd.cgroups.v2.MemoryStat;
import io.containerd.cgroups.v2.Metrics;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The counters of a control group of the newer kind, by the names that containerd gives them. */
final class CgroupV2Metrics {
  private record Amount(String name, ToLongFunction<MemoryStat> value) {}

  private static final List<Amount> MEMORY =
      List.of(
          amount("usage", MemoryStat::getUsage),
          amount("usage_limit", MemoryStat::getUsageLimit),
          amount("swap_usage", MemoryStat::getSwapUsage),
          amount("swap_limit", MemoryStat::getSwapLimit),
          amount("file_mapped", MemoryStat::getFileMapped),
          amount("file_dirty", MemoryStat::getFileDirty),
          amount("file_writeback", MemoryStat::getFileWriteback),
          amount("pgactivate", MemoryStat::getPgactivate),
          amount("pgdeactivate", MemoryStat::getPgdeactivate),
          amount("pgfault", MemoryStat::getPgfault),
          amount("pgmajfault", MemoryStat::getPgmajfault),
          amount("pglazyfree", MemoryStat::getPglazyfree),
          amount("pgrefill", MemoryStat::getPgrefill),
          amount("pglazyfreed", MemoryStat::getPglazyfreed),
          amount("pgscan", MemoryStat::getPgscan),
          amount("pgsteal", MemoryStat::getPgsteal),
          amount("inactive_anon", MemoryStat::getInactiveAnon),
          amount("active_anon", MemoryStat::getActiveAnon),
          amount("inactive_file", MemoryStat::getInactiveFile),
          amount("active_file", MemoryStat::getActiveFile),
          amount("unevictable", MemoryStat::getUnevictable),
          amount("anon", MemoryStat::getAnon),
          amount("file", MemoryStat::getFile),
          amount("kernel_stack", MemoryStat::getKernelStack),
          amount("slab", MemoryStat::getSlab),
          amount("sock", MemoryStat::getSock),
          amount("shmem", MemoryStat::getShmem),
          amount("anon_thp", MemoryStat::getAnonThp),
          amount("slab_reclaimable", MemoryStat::getSlabReclaimable),
          amount("slab_unreclaimable", MemoryStat::getSlabUnreclaimable),
          amount("workingset_nodereclaim", MemoryStat::getWorkingsetNodereclaim),
          amount("thp_fault_alloc", MemoryStat::getThpFaultAlloc),
          amount("thp_collapse_alloc", MemoryStat::getThpCollapseAlloc),
          amount("workingset_refault", CgroupV2Metrics::refault),
          amount("workingset_activate", CgroupV2Metrics::activate));

  private final CgroupSeries series;

  private CgroupV2Metrics(CgroupSeries series) {
    this.series = series;
  }

  static List<MetricFamily> of(Metrics metrics, Map<String, String> labels) {
    CgroupSeries series = new CgroupSeries(labels);
    new CgroupV2Metrics(series).all(metrics);
    return series.families();
  }

  private static Amount amount(String name, ToLongFunction<MemoryStat> value) {
    return new Amount(name, value);
  }

  @SuppressWarnings("deprecation") // older kernels, and runtimes, fill only this one
  private static long refault(MemoryStat memory) {
    return memory.getWorkingsetRefault();
  }

  @SuppressWarnings("deprecation") // as above
  private static long activate(MemoryStat memory) {
    return memory.getWorkingsetActivate();
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
      for (Amount amount : MEMORY) {
        series.add(
            "memory_%s_bytes".formatted(amount.name()),
            "memory: " + amount.name(),
            amount.value().applyAsLong(metrics.getMemory()));
      }
    }
    if (metrics.hasMemoryEvents()) {
      series.add(
          "memory_oom_total",
          "times the limit of memory was reached in vain",
          metrics.getMemoryEvents().getOom());
    }
    if (metrics.hasIo()) {
      metrics.getIo().getUsageList().forEach(this::io);
    }
  }

  private void cpu(CPUStat cpu) {
    series.add("cpu_usage_usec_microseconds", "processor time", cpu.getUsageUsec());
    series.add(
        "cpu_user_usec_microseconds", "processor time outside the kernel", cpu.getUserUsec());
    series.add("cpu_system_usec_microseconds", "processor time in the kernel", cpu.getSystemUsec());
    series.add("cpu_nr_periods_total", "periods with a limit", cpu.getNrPeriods());
    series.add(
        "cpu_nr_throttled_total", "periods in which the limit was reached", cpu.getNrThrottled());
    series.add(
        "cpu_throttled_usec_microseconds", "time held back by the limit", cpu.getThrottledUsec());
  }

  private void io(IOEntry entry) {
    Map<String, String> device =
        Map.of(
            "major", Long.toUnsignedString(entry.getMajor()),
            "minor", Long.toUnsignedString(entry.getMinor()));
    series.add("io_rbytes_bytes", "read from block devices", device, entry.getRbytes());
    series.add("io_wbytes_bytes", "written to block devices", device, entry.getWbytes());
    series.add("io_rios_total", "reads from block devices", device, entry.getRios());
    series.add("io_wios_total", "writes to block devices", device, entry.getWios());
  }
}
