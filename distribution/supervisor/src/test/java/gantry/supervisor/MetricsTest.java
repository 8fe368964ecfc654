// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import gantry.linux.OomEvents;
import io.containerd.cgroups.v1.BlkIOEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Control groups as files: a host has one version of them only, and not every controller. */
@Timeout(120)
class MetricsTest {
  private static final long NO_LIMIT = -1;

  @TempDir Path dir;

  private void file(String name, String text) throws IOException {
    Files.writeString(dir.resolve(name), text);
  }

  private io.containerd.cgroups.v2.Metrics unified() throws IOException {
    Any any = Cgroup.unified(dir).metrics();
    assertThat(any.getTypeUrl()).isEqualTo("io.containerd.cgroups.v2.Metrics");
    return io.containerd.cgroups.v2.Metrics.parseFrom(any.getValue());
  }

  private io.containerd.cgroups.v1.Metrics legacy(String... controllers) throws IOException {
    Map<String, Path> directories = new java.util.HashMap<>();
    for (String controller : controllers) {
      directories.put(controller, dir);
    }
    Any any = Cgroup.legacy(directories).metrics();
    assertThat(any.getTypeUrl()).isEqualTo("io.containerd.cgroups.v1.Metrics");
    return io.containerd.cgroups.v1.Metrics.parseFrom(any.getValue());
  }

  @Test
  void unifiedGroup_isReadWhole() throws Exception {
    file("pids.current", "3\n");
    file("pids.max", "max\n");
    file("cpu.stat", "usage_usec 100\nuser_usec 60\nsystem_usec 40\nnr_throttled 2\n");
    file("cpu.pressure", "some avg10=1.50 avg60=0.25 avg300=0.00 total=77\n");
    file("memory.current", "4096\n");
    file("memory.max", "max\n");
    file("memory.peak", "8192\n");
    file("memory.stat", "anon 1\nfile 2\nslab_reclaimable 3\nthp_fault_alloc 4\n");
    file("memory.events", "low 1\nhigh 2\nmax 3\noom 4\noom_kill 5\noom_group_kill 6\n");
    file("memory.swap.current", "12\n");
    file("memory.swap.max", "24\n");
    file("memory.pressure", "some avg10=0.00 total=5\nfull avg10=2.00 total=6\n");
    file("io.stat", "8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n");
    file("io.pressure", "full avg10=0.00 avg60=0.00 avg300=0.00 total=9\n");
    file("rdma.current", "mlx4_0 hca_handle=2 hca_object=2000\n");
    file("rdma.max", "mlx4_0 hca_handle=3 hca_object=max\n");
    file("hugetlb.2MB.current", "2097152\n");
    file("hugetlb.2MB.max", "max\n");
    file("hugetlb.2MB.events", "max 7\n");
    file("hugetlb.2MB.rsvd.current", "0\n");

    io.containerd.cgroups.v2.Metrics metrics = unified();

    assertThat(metrics.getPids().getCurrent()).isEqualTo(3);
    assertThat(metrics.getPids().getLimit()).isEqualTo(NO_LIMIT);
    assertThat(metrics.getCpu().getUsageUsec()).isEqualTo(100);
    assertThat(metrics.getCpu().getNrThrottled()).isEqualTo(2);
    assertThat(metrics.getCpu().getPsi().getSome().getAvg10()).isEqualTo(1.5);
    assertThat(metrics.getCpu().getPsi().getSome().getTotal()).isEqualTo(77);
    assertThat(metrics.getMemory().getUsage()).isEqualTo(4096);
    assertThat(metrics.getMemory().getUsageLimit()).isEqualTo(NO_LIMIT);
    assertThat(metrics.getMemory().getMaxUsage()).isEqualTo(8192);
    assertThat(metrics.getMemory().getSwapUsage()).isEqualTo(12);
    assertThat(metrics.getMemory().getSwapLimit()).isEqualTo(24);
    assertThat(metrics.getMemory().getSlabReclaimable()).isEqualTo(3);
    assertThat(metrics.getMemory().getThpFaultAlloc()).isEqualTo(4);
    assertThat(metrics.getMemory().getPsi().getFull().getTotal()).isEqualTo(6);
    assertThat(metrics.getMemoryEvents().getLow()).isEqualTo(1);
    assertThat(metrics.getMemoryEvents().getOom()).isEqualTo(4);
    assertThat(metrics.getMemoryEvents().getOomGroupKill()).isEqualTo(6);
    assertThat(metrics.getIo().getUsage(0).getMajor()).isEqualTo(8);
    assertThat(metrics.getIo().getUsage(0).getWios()).isEqualTo(2);
    assertThat(metrics.getIo().getPsi().getFull().getTotal()).isEqualTo(9);
    assertThat(metrics.getRdma().getCurrent(0).getHcaObjects()).isEqualTo(2000);
    assertThat(metrics.getRdma().getLimit(0).getHcaHandles()).isEqualTo(3);
    assertThat(metrics.getRdma().getLimit(0).getHcaObjects()).isEqualTo((int) NO_LIMIT);
    assertThat(metrics.getHugetlbList()).hasSize(1);
    assertThat(metrics.getHugetlb(0).getPagesize()).isEqualTo("2MB");
    assertThat(metrics.getHugetlb(0).getFailcnt()).isEqualTo(7);
  }

  @Test
  void legacyGroup_isReadWhole() throws Exception {
    file("pids.current", "3\n");
    file("pids.max", "max\n");
    file("cpuacct.usage", "1000\n");
    file("cpuacct.stat", "user 2\nsystem 3\n");
    file("cpuacct.usage_percpu", "400 600 \n");
    file("cpu.stat", "nr_periods 5\nnr_throttled 1\nthrottled_time 99\n");
    file("memory.stat", "cache 1\nrss 2\ntotal_rss 4\nhierarchical_memory_limit 8\n");
    file("memory.usage_in_bytes", "4096\n");
    file("memory.max_usage_in_bytes", "8192\n");
    file("memory.failcnt", "6\n");
    file("memory.limit_in_bytes", "16384\n");
    file("memory.kmem.usage_in_bytes", "11\n");
    file("memory.kmem.tcp.limit_in_bytes", "12\n");
    file("memory.memsw.usage_in_bytes", "13\n");
    file("memory.oom_control", "oom_kill_disable 0\nunder_oom 1\noom_kill 2\n");
    file("blkio.throttle.io_service_bytes_recursive", "8:0 Read 1\n8:0 Write 2\nTotal 3\n");
    file("blkio.throttle.io_serviced_recursive", "8:0 Read 4\nTotal 4\n");
    file("hugetlb.1GB.usage_in_bytes", "1\n");
    file("hugetlb.1GB.max_usage_in_bytes", "2\n");
    file("hugetlb.1GB.failcnt", "3\n");
    file("hugetlb.1GB.rsvd.usage_in_bytes", "9\n");
    file("rdma.current", "mlx4_0 hca_handle=2 hca_object=2000\n");
    file("rdma.max", "mlx4_0 hca_handle=3 hca_object=4000\n");

    io.containerd.cgroups.v1.Metrics metrics =
        legacy("pids", "cpu", "cpuacct", "memory", "blkio", "hugetlb", "rdma");

    assertThat(metrics.getPids().getCurrent()).isEqualTo(3);
    assertThat(metrics.getPids().getLimit()).isZero();
    assertThat(metrics.getCpu().getUsage().getTotal()).isEqualTo(1000);
    assertThat(metrics.getCpu().getUsage().getUser()).isEqualTo(20_000_000);
    assertThat(metrics.getCpu().getUsage().getPerCpuList()).containsExactly(400L, 600L);
    assertThat(metrics.getCpu().getThrottling().getThrottledTime()).isEqualTo(99);
    assertThat(metrics.getMemory().getTotalRss()).isEqualTo(4);
    assertThat(metrics.getMemory().getHierarchicalMemoryLimit()).isEqualTo(8);
    assertThat(metrics.getMemory().getUsage().getMax()).isEqualTo(8192);
    assertThat(metrics.getMemory().getUsage().getLimit()).isEqualTo(16384);
    assertThat(metrics.getMemory().getUsage().getFailcnt()).isEqualTo(6);
    assertThat(metrics.getMemory().getKernel().getUsage()).isEqualTo(11);
    assertThat(metrics.getMemory().getKernelTcp().getLimit()).isEqualTo(12);
    assertThat(metrics.getMemory().getSwap().getUsage()).isEqualTo(13);
    assertThat(metrics.getMemoryOomControl().getUnderOom()).isEqualTo(1);
    assertThat(metrics.getMemoryOomControl().getOomKill()).isEqualTo(2);
    assertThat(metrics.getBlkio().getIoServiceBytesRecursiveList())
        .extracting(BlkIOEntry::getOp, BlkIOEntry::getValue)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("Read", 1L),
            org.assertj.core.groups.Tuple.tuple("Write", 2L));
    assertThat(metrics.getBlkio().getIoServicedRecursive(0).getMajor()).isEqualTo(8);
    assertThat(metrics.getHugetlbList()).hasSize(1);
    assertThat(metrics.getHugetlb(0).getPagesize()).isEqualTo("1GB");
    assertThat(metrics.getHugetlb(0).getFailcnt()).isEqualTo(3);
    assertThat(metrics.getRdma().getLimit(0).getHcaObjects()).isEqualTo(4000);
  }

  @Test
  void trafficByAScheduler_goesBeforeThatByTheLimiter() throws Exception {
    file("blkio.throttle.io_serviced_recursive", "8:0 Read 4\nTotal 4\n");
    file("blkio.bfq.io_serviced_recursive", "8:16 Read 5\nTotal 5\n");
    file("blkio.bfq.time_recursive", "8:16 123\n");
    file("blkio.bfq.sectors_recursive", "8:16 456\n");

    io.containerd.cgroups.v1.BlkIOStat stat = legacy("blkio").getBlkio();

    assertThat(stat.getIoServicedRecursive(0).getMinor()).isEqualTo(16);
    assertThat(stat.getIoTimeRecursive(0).getValue()).isEqualTo(123);
    assertThat(stat.getIoTimeRecursive(0).getOp()).isEmpty();
    assertThat(stat.getSectorsRecursive(0).getValue()).isEqualTo(456);
  }

  @Test
  void missingControllers_areLeftOut() throws Exception {
    file("pids.current", "3\n");

    io.containerd.cgroups.v1.Metrics metrics = legacy("pids");

    assertThat(metrics.hasMemory() || metrics.hasCpu() || metrics.hasBlkio()).isFalse();
    assertThat(unified().getMemory().getUsage()).isZero();
    assertThat(unified().getHugetlbList()).isEmpty();
  }

  @Test
  void unifiedGroup_tellsWhenItsEventsChange() throws Exception {
    file("memory.events", "oom_kill 0\n");
    Cgroup group = Cgroup.unified(dir);
    BlockingQueue<Long> kills = new LinkedBlockingQueue<>();
    try (OomEvents events = new OomEvents();
        OomEvents.Watch watch = group.watch(events, times -> kills.add(read(group)))) {
      assertThat(watch).isNotNull();
      file("memory.events", "oom_kill 2\n");
      Long seen = kills.poll(60, TimeUnit.SECONDS);
      while (seen != null && seen == 0) {
        // emptying the file is a change too
        seen = kills.poll(60, TimeUnit.SECONDS);
      }
      assertThat(seen).isEqualTo(2);
    }
  }

  private static long read(Cgroup group) {
    try {
      return group.oomKills();
    } catch (IOException e) {
      return -1;
    }
  }
}
