// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import io.containerd.cgroups.v2.CPUStat;
import io.containerd.cgroups.v2.HugeTlbStat;
import io.containerd.cgroups.v2.IOEntry;
import io.containerd.cgroups.v2.IOStat;
import io.containerd.cgroups.v2.MemoryEvents;
import io.containerd.cgroups.v2.MemoryStat;
import io.containerd.cgroups.v2.Metrics;
import io.containerd.cgroups.v2.PSIData;
import io.containerd.cgroups.v2.PSIStats;
import io.containerd.cgroups.v2.PidsStat;
import io.containerd.cgroups.v2.RdmaEntry;
import io.containerd.cgroups.v2.RdmaStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads control groups of version 2; no limit is the largest number there is. */
final class UnifiedMetrics {
  private UnifiedMetrics() {}

  static Metrics read(Path directory) throws IOException {
    return Metrics.newBuilder()
        .setPids(
            PidsStat.newBuilder()
                .setCurrent(file(directory, "pids.current").number())
                .setLimit(file(directory, "pids.max").number()))
        .setCpu(cpu(directory))
        .setMemory(memory(directory))
        .setMemoryEvents(events(file(directory, "memory.events").table()))
        .setIo(io(directory))
        .setRdma(
            RdmaStat.newBuilder()
                .addAllCurrent(rdma(file(directory, "rdma.current")))
                .addAllLimit(rdma(file(directory, "rdma.max"))))
        .addAllHugetlb(hugePages(directory))
        .build();
  }

  private static List<RdmaEntry> rdma(CgroupFile file) throws IOException {
    List<RdmaEntry> entries = new ArrayList<>();
    for (CgroupFile.Rdma device : file.rdma()) {
      entries.add(
          RdmaEntry.newBuilder()
              .setDevice(device.device())
              .setHcaHandles(device.handles())
              .setHcaObjects(device.objects())
              .build());
    }
    return entries;
  }

  private static List<HugeTlbStat> hugePages(Path directory) throws IOException {
    List<HugeTlbStat> pages = new ArrayList<>();
    for (String size : CgroupFile.namesBetween(directory, "hugetlb.", ".current")) {
      String prefix = "hugetlb." + size;
      pages.add(
          HugeTlbStat.newBuilder()
              .setPagesize(size)
              .setCurrent(file(directory, prefix + ".current").number())
              .setMax(file(directory, prefix + ".max").number())
              .setFailcnt(file(directory, prefix + ".events").table().getOrDefault("max", 0L))
              .build());
    }
    return pages;
  }

  /** Lines of "some|full avg10=share avg60=share avg300=share total=microseconds". */
  private static PSIStats pressure(CgroupFile file) throws IOException {
    PSIStats.Builder stats = PSIStats.newBuilder();
    for (String line : file.lines()) {
      String[] words = line.strip().split(" ", -1);
      PSIData.Builder data = PSIData.newBuilder();
      for (String word : words) {
        String value = word.substring(word.indexOf('=') + 1);
        switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
          case "avg10" -> data.setAvg10(Double.parseDouble(value));
          case "avg60" -> data.setAvg60(Double.parseDouble(value));
          case "avg300" -> data.setAvg300(Double.parseDouble(value));
          case "total" -> data.setTotal(CgroupFile.parse(value));
          default -> {}
        }
      }
      if (words[0].equals("some")) {
        stats.setSome(data);
      } else if (words[0].equals("full")) {
        stats.setFull(data);
      }
    }
    return stats.build();
  }

  private static CgroupFile file(Path directory, String name) {
    return new CgroupFile(directory.resolve(name));
  }

  private static CPUStat cpu(Path directory) throws IOException {
    Map<String, Long> t = file(directory, "cpu.stat").table();
    return CPUStat.newBuilder()
        .setPsi(pressure(file(directory, "cpu.pressure")))
        .setUsageUsec(t.getOrDefault("usage_usec", 0L))
        .setUserUsec(t.getOrDefault("user_usec", 0L))
        .setSystemUsec(t.getOrDefault("system_usec", 0L))
        .setNrPeriods(t.getOrDefault("nr_periods", 0L))
        .setNrThrottled(t.getOrDefault("nr_throttled", 0L))
        .setThrottledUsec(t.getOrDefault("throttled_usec", 0L))
        .setNrBursts(t.getOrDefault("nr_bursts", 0L))
        .setBurstUsec(t.getOrDefault("burst_usec", 0L))
        .build();
  }

  private static MemoryStat memory(Path directory) throws IOException {
    Map<String, Long> t = file(directory, "memory.stat").table();
    MemoryStat.Builder stat = MemoryStat.newBuilder();
    stat.setAnon(t.getOrDefault("anon", 0L));
    stat.setFile(t.getOrDefault("file", 0L));
    stat.setKernelStack(t.getOrDefault("kernel_stack", 0L));
    stat.setSlab(t.getOrDefault("slab", 0L));
    stat.setSock(t.getOrDefault("sock", 0L));
    stat.setShmem(t.getOrDefault("shmem", 0L));
    stat.setFileMapped(t.getOrDefault("file_mapped", 0L));
    stat.setFileDirty(t.getOrDefault("file_dirty", 0L));
    stat.setFileWriteback(t.getOrDefault("file_writeback", 0L));
    stat.setAnonThp(t.getOrDefault("anon_thp", 0L));
    stat.setInactiveAnon(t.getOrDefault("inactive_anon", 0L));
    stat.setActiveAnon(t.getOrDefault("active_anon", 0L));
    stat.setInactiveFile(t.getOrDefault("inactive_file", 0L));
    stat.setActiveFile(t.getOrDefault("active_file", 0L));
    stat.setUnevictable(t.getOrDefault("unevictable", 0L));
    stat.setSlabReclaimable(t.getOrDefault("slab_reclaimable", 0L));
    stat.setSlabUnreclaimable(t.getOrDefault("slab_unreclaimable", 0L));
    paging(stat, t);
    stat.setPsi(pressure(file(directory, "memory.pressure")));
    stat.setUsage(file(directory, "memory.current").number());
    stat.setUsageLimit(file(directory, "memory.max").number());
    stat.setMaxUsage(file(directory, "memory.peak").number());
    stat.setSwapUsage(file(directory, "memory.swap.current").number());
    stat.setSwapLimit(file(directory, "memory.swap.max").number());
    stat.setSwapMaxUsage(file(directory, "memory.swap.peak").number());
    return stat.build();
  }

  private static void paging(MemoryStat.Builder stat, Map<String, Long> t) {
    stat.setPgfault(t.getOrDefault("pgfault", 0L));
    stat.setPgmajfault(t.getOrDefault("pgmajfault", 0L));
    stat.setWorkingsetNodereclaim(t.getOrDefault("workingset_nodereclaim", 0L));
    stat.setWorkingsetRefaultAnon(t.getOrDefault("workingset_refault_anon", 0L));
    stat.setWorkingsetRefaultFile(t.getOrDefault("workingset_refault_file", 0L));
    stat.setWorkingsetActivateAnon(t.getOrDefault("workingset_activate_anon", 0L));
    stat.setWorkingsetActivateFile(t.getOrDefault("workingset_activate_file", 0L));
    stat.setPgrefill(t.getOrDefault("pgrefill", 0L));
    stat.setPgscan(t.getOrDefault("pgscan", 0L));
    stat.setPgsteal(t.getOrDefault("pgsteal", 0L));
    stat.setPgactivate(t.getOrDefault("pgactivate", 0L));
    stat.setPgdeactivate(t.getOrDefault("pgdeactivate", 0L));
    stat.setPglazyfree(t.getOrDefault("pglazyfree", 0L));
    stat.setPglazyfreed(t.getOrDefault("pglazyfreed", 0L));
    stat.setThpFaultAlloc(t.getOrDefault("thp_fault_alloc", 0L));
    stat.setThpCollapseAlloc(t.getOrDefault("thp_collapse_alloc", 0L));
  }

  private static MemoryEvents events(Map<String, Long> t) {
    return MemoryEvents.newBuilder()
        .setLow(t.getOrDefault("low", 0L))
        .setHigh(t.getOrDefault("high", 0L))
        .setMax(t.getOrDefault("max", 0L))
        .setOom(t.getOrDefault("oom", 0L))
        .setOomKill(t.getOrDefault("oom_kill", 0L))
        .setOomGroupKill(t.getOrDefault("oom_group_kill", 0L))
        .build();
  }

  /** Lines of "major:minor name=number …". */
  private static IOStat io(Path directory) throws IOException {
    IOStat.Builder stat = IOStat.newBuilder();
    stat.setPsi(pressure(file(directory, "io.pressure")));
    for (String line : file(directory, "io.stat").lines()) {
      String[] words = line.split(" ", -1);
      int colon = words[0].indexOf(':');
      if (colon < 0) {
        continue;
      }
      Map<String, Long> t = CgroupFile.pairs(words);
      stat.addUsage(
          IOEntry.newBuilder()
              .setMajor(CgroupFile.parse(words[0].substring(0, colon)))
              .setMinor(CgroupFile.parse(words[0].substring(colon + 1)))
              .setRbytes(t.getOrDefault("rbytes", 0L))
              .setWbytes(t.getOrDefault("wbytes", 0L))
              .setRios(t.getOrDefault("rios", 0L))
              .setWios(t.getOrDefault("wios", 0L)));
    }
    return stat.build();
  }
}
