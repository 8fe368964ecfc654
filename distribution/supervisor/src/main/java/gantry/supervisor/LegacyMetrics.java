// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import io.containerd.cgroups.v1.BlkIOEntry;
import io.containerd.cgroups.v1.BlkIOStat;
import io.containerd.cgroups.v1.CPUStat;
import io.containerd.cgroups.v1.CPUUsage;
import io.containerd.cgroups.v1.HugetlbStat;
import io.containerd.cgroups.v1.MemoryEntry;
import io.containerd.cgroups.v1.MemoryOomControl;
import io.containerd.cgroups.v1.MemoryStat;
import io.containerd.cgroups.v1.Metrics;
import io.containerd.cgroups.v1.PidsStat;
import io.containerd.cgroups.v1.RdmaEntry;
import io.containerd.cgroups.v1.RdmaStat;
import io.containerd.cgroups.v1.Throttle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads control groups of version 1; controllers that are missing are left out. */
final class LegacyMetrics {
  /** The kernel counts user and system time in these, whatever its own clock. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private LegacyMetrics() {}

  static Metrics read(Cgroup group) throws IOException {
    Metrics.Builder metrics = Metrics.newBuilder();
    Optional<Path> pids = group.controller("pids");
    if (pids.isPresent()) {
      metrics.setPids(pids(pids.get()));
    }
    Optional<Path> account = group.controller("cpuacct");
    Optional<Path> cpu = group.controller("cpu");
    if (account.isPresent()) {
      metrics.setCpu(cpu(account.get(), cpu.orElse(account.get())));
    }
    Optional<Path> memory = group.controller("memory");
    if (memory.isPresent()) {
      metrics.setMemory(memory(memory.get())).setMemoryOomControl(oom(memory.get()));
    }
    Optional<Path> blkio = group.controller("blkio");
    if (blkio.isPresent()) {
      metrics.setBlkio(blkio(blkio.get()));
    }
    Optional<Path> pages = group.controller("hugetlb");
    if (pages.isPresent()) {
      metrics.addAllHugetlb(hugePages(pages.get()));
    }
    Optional<Path> rdma = group.controller("rdma");
    if (rdma.isPresent()) {
      metrics.setRdma(
          RdmaStat.newBuilder()
              .addAllCurrent(rdma(file(rdma.get(), "rdma.current")))
              .addAllLimit(rdma(file(rdma.get(), "rdma.max"))));
    }
    return metrics.build();
  }

  private static CgroupFile file(Path directory, String name) {
    return new CgroupFile(directory.resolve(name));
  }

  private static PidsStat pids(Path directory) throws IOException {
    return PidsStat.newBuilder()
        .setCurrent(file(directory, "pids.current").number())
        .setLimit(Math.max(0, file(directory, "pids.max").number()))
        .build();
  }

  private static CPUStat cpu(Path account, Path cpu) throws IOException {
    CPUUsage.Builder usage = CPUUsage.newBuilder();
    usage.setTotal(file(account, "cpuacct.usage").number());
    Map<String, Long> split = file(account, "cpuacct.stat").table();
    usage.setUser(split.getOrDefault("user", 0L) * NANOS_PER_TICK);
    usage.setKernel(split.getOrDefault("system", 0L) * NANOS_PER_TICK);
    for (String line : file(account, "cpuacct.usage_percpu").lines()) {
      for (String word : line.strip().split(" ", -1)) {
        usage.addPerCpu(CgroupFile.parse(word));
      }
    }
    Map<String, Long> throttled = file(cpu, "cpu.stat").table();
    return CPUStat.newBuilder()
        .setUsage(usage)
        .setThrottling(
            Throttle.newBuilder()
                .setPeriods(throttled.getOrDefault("nr_periods", 0L))
                .setThrottledPeriods(throttled.getOrDefault("nr_throttled", 0L))
                .setThrottledTime(throttled.getOrDefault("throttled_time", 0L)))
        .build();
  }

  private static MemoryOomControl oom(Path directory) throws IOException {
    Map<String, Long> table = file(directory, "memory.oom_control").table();
    return MemoryOomControl.newBuilder()
        .setOomKillDisable(table.getOrDefault("oom_kill_disable", 0L))
        .setUnderOom(table.getOrDefault("under_oom", 0L))
        .setOomKill(table.getOrDefault("oom_kill", 0L))
        .build();
  }

  private static MemoryEntry entry(Path directory, String kind) throws IOException {
    return MemoryEntry.newBuilder()
        .setLimit(file(directory, "memory." + kind + "limit_in_bytes").number())
        .setUsage(file(directory, "memory." + kind + "usage_in_bytes").number())
        .setMax(file(directory, "memory." + kind + "max_usage_in_bytes").number())
        .setFailcnt(file(directory, "memory." + kind + "failcnt").number())
        .build();
  }

  private static MemoryStat memory(Path directory) throws IOException {
    Map<String, Long> t = file(directory, "memory.stat").table();
    MemoryStat.Builder stat = MemoryStat.newBuilder();
    stat.setCache(t.getOrDefault("cache", 0L));
    stat.setRss(t.getOrDefault("rss", 0L));
    stat.setRssHuge(t.getOrDefault("rss_huge", 0L));
    stat.setMappedFile(t.getOrDefault("mapped_file", 0L));
    stat.setDirty(t.getOrDefault("dirty", 0L));
    stat.setWriteback(t.getOrDefault("writeback", 0L));
    stat.setPgPgIn(t.getOrDefault("pgpgin", 0L));
    stat.setPgPgOut(t.getOrDefault("pgpgout", 0L));
    stat.setPgFault(t.getOrDefault("pgfault", 0L));
    stat.setPgMajFault(t.getOrDefault("pgmajfault", 0L));
    stat.setInactiveAnon(t.getOrDefault("inactive_anon", 0L));
    stat.setActiveAnon(t.getOrDefault("active_anon", 0L));
    stat.setInactiveFile(t.getOrDefault("inactive_file", 0L));
    stat.setActiveFile(t.getOrDefault("active_file", 0L));
    stat.setUnevictable(t.getOrDefault("unevictable", 0L));
    stat.setHierarchicalMemoryLimit(t.getOrDefault("hierarchical_memory_limit", 0L));
    stat.setHierarchicalSwapLimit(t.getOrDefault("hierarchical_memsw_limit", 0L));
    total(stat, t);
    stat.setUsage(entry(directory, ""));
    stat.setSwap(entry(directory, "memsw."));
    stat.setKernel(entry(directory, "kmem."));
    stat.setKernelTcp(entry(directory, "kmem.tcp."));
    return stat.build();
  }

  private static void total(MemoryStat.Builder stat, Map<String, Long> t) {
    stat.setTotalCache(t.getOrDefault("total_cache", 0L));
    stat.setTotalRss(t.getOrDefault("total_rss", 0L));
    stat.setTotalRssHuge(t.getOrDefault("total_rss_huge", 0L));
    stat.setTotalMappedFile(t.getOrDefault("total_mapped_file", 0L));
    stat.setTotalDirty(t.getOrDefault("total_dirty", 0L));
    stat.setTotalWriteback(t.getOrDefault("total_writeback", 0L));
    stat.setTotalPgPgIn(t.getOrDefault("total_pgpgin", 0L));
    stat.setTotalPgPgOut(t.getOrDefault("total_pgpgout", 0L));
    stat.setTotalPgFault(t.getOrDefault("total_pgfault", 0L));
    stat.setTotalPgMajFault(t.getOrDefault("total_pgmajfault", 0L));
    stat.setTotalInactiveAnon(t.getOrDefault("total_inactive_anon", 0L));
    stat.setTotalActiveAnon(t.getOrDefault("total_active_anon", 0L));
    stat.setTotalInactiveFile(t.getOrDefault("total_inactive_file", 0L));
    stat.setTotalActiveFile(t.getOrDefault("total_active_file", 0L));
    stat.setTotalUnevictable(t.getOrDefault("total_unevictable", 0L));
  }

  private static List<HugetlbStat> hugePages(Path directory) throws IOException {
    List<HugetlbStat> pages = new ArrayList<>();
    for (String size : CgroupFile.namesBetween(directory, "hugetlb.", ".usage_in_bytes")) {
      String prefix = "hugetlb." + size;
      pages.add(
          HugetlbStat.newBuilder()
              .setPagesize(size)
              .setUsage(file(directory, prefix + ".usage_in_bytes").number())
              .setMax(file(directory, prefix + ".max_usage_in_bytes").number())
              .setFailcnt(file(directory, prefix + ".failcnt").number())
              .build());
    }
    return pages;
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

  /**
   * Of what counts traffic the first that has anything: a scheduler that knows groups, with or
   * without its name, otherwise the limiter, which every kernel has.
   */
  private static BlkIOStat blkio(Path directory) throws IOException {
    Map<String, String> names = devices();
    for (String kind : List.of("blkio.", "blkio.bfq.")) {
      BlkIOStat.Builder stat = BlkIOStat.newBuilder();
      stat.addAllIoServiceBytesRecursive(
          entries(directory, kind + "io_service_bytes_recursive", names));
      stat.addAllIoServicedRecursive(entries(directory, kind + "io_serviced_recursive", names));
      stat.addAllIoQueuedRecursive(entries(directory, kind + "io_queued_recursive", names));
      stat.addAllIoServiceTimeRecursive(
          entries(directory, kind + "io_service_time_recursive", names));
      stat.addAllIoWaitTimeRecursive(entries(directory, kind + "io_wait_time_recursive", names));
      stat.addAllIoMergedRecursive(entries(directory, kind + "io_merged_recursive", names));
      stat.addAllIoTimeRecursive(entries(directory, kind + "time_recursive", names));
      stat.addAllSectorsRecursive(entries(directory, kind + "sectors_recursive", names));
      if (stat.getIoServicedRecursiveCount() > 0) {
        return stat.build();
      }
    }
    BlkIOStat.Builder stat = BlkIOStat.newBuilder();
    stat.addAllIoServiceBytesRecursive(limiter(directory, "io_service_bytes", names));
    stat.addAllIoServicedRecursive(limiter(directory, "io_serviced", names));
    return stat.build();
  }

  private static List<BlkIOEntry> limiter(Path directory, String name, Map<String, String> names)
      throws IOException {
    List<BlkIOEntry> all = entries(directory, "blkio.throttle." + name + "_recursive", names);
    return all.isEmpty() ? entries(directory, "blkio.throttle." + name, names) : all;
  }

  /** Lines of "major:minor operation number" or without the operation; a sum has no device. */
  private static List<BlkIOEntry> entries(Path directory, String name, Map<String, String> names)
      throws IOException {
    List<BlkIOEntry> entries = new ArrayList<>();
    for (String line : file(directory, name).lines()) {
      String[] words = line.strip().split(" ", -1);
      int colon = words[0].indexOf(':');
      if (colon > 0 && words.length > 1) {
        entries.add(
            BlkIOEntry.newBuilder()
                .setDevice(names.getOrDefault(words[0], ""))
                .setMajor(CgroupFile.parse(words[0].substring(0, colon)))
                .setMinor(CgroupFile.parse(words[0].substring(colon + 1)))
                .setOp(words.length > 2 ? words[1] : "")
                .setValue(CgroupFile.parse(words[words.length - 1]))
                .build());
      }
    }
    return entries;
  }

  /** Paths of block devices by "major:minor", of lines of "major minor blocks name". */
  private static Map<String, String> devices() throws IOException {
    Map<String, String> names = new HashMap<>();
    for (String line : new CgroupFile(Path.of("/proc/partitions")).lines()) {
      String[] words = line.strip().split(" +", -1);
      if (words.length == 4) {
        names.put(words[0] + ":" + words[1], "/dev/" + words[3]);
      }
    }
    return names;
  }
}
