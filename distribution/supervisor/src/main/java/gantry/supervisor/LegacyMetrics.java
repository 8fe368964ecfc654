// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import io.containerd.cgroups.v1.BlkIOEntry;
import io.containerd.cgroups.v1.BlkIOStat;
import io.containerd.cgroups.v1.CPUStat;
import io.containerd.cgroups.v1.CPUUsage;
import io.containerd.cgroups.v1.MemoryEntry;
import io.containerd.cgroups.v1.MemoryOomControl;
import io.containerd.cgroups.v1.MemoryStat;
import io.containerd.cgroups.v1.Metrics;
import io.containerd.cgroups.v1.PidsStat;
import io.containerd.cgroups.v1.Throttle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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

  private static BlkIOStat blkio(Path directory) throws IOException {
    BlkIOStat.Builder stat = BlkIOStat.newBuilder();
    List<BlkIOEntry> bytes = entries(directory, "blkio.bfq.io_service_bytes_recursive");
    List<BlkIOEntry> served = entries(directory, "blkio.bfq.io_serviced_recursive");
    stat.addAllIoServiceBytesRecursive(
        bytes.isEmpty() ? entries(directory, "blkio.throttle.io_service_bytes_recursive") : bytes);
    stat.addAllIoServicedRecursive(
        served.isEmpty() ? entries(directory, "blkio.throttle.io_serviced_recursive") : served);
    return stat.build();
  }

  /** Lines of "major:minor operation number"; the sum at the end has no device. */
  private static List<BlkIOEntry> entries(Path directory, String name) throws IOException {
    List<BlkIOEntry> entries = new ArrayList<>();
    for (String line : file(directory, name).lines()) {
      String[] words = line.split("[ :]", -1);
      if (words.length == 4) {
        entries.add(
            BlkIOEntry.newBuilder()
                .setMajor(CgroupFile.parse(words[0]))
                .setMinor(CgroupFile.parse(words[1]))
                .setOp(words[2])
                .setValue(CgroupFile.parse(words[3]))
                .build());
      }
    }
    return entries;
  }
}
