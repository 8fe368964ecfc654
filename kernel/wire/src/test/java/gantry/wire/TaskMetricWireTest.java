// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import gantry.errors.DataLossException;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import gantry.typed.TypedValue;
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
import io.containerd.cgroups.v1.Throttle;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TaskMetricWireTest {
  private static final Map<String, String> LABELS = Map.of("container_id", "web");

  private static List<MetricFamily> families(Message metrics) {
    return TaskMetricWire.families(AnyWire.typed(metrics), LABELS);
  }

  private static List<String> names(List<MetricFamily> families) {
    return families.stream().map(MetricFamily::name).toList();
  }

  private static MetricFamily family(List<MetricFamily> families, String name) {
    return families.stream().filter(family -> family.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void v1_hasContainerdsNames() {
    MemoryEntry entry = MemoryEntry.newBuilder().setLimit(-4096).setUsage(7).build();
    BlkIOEntry io =
        BlkIOEntry.newBuilder()
            .setOp("Read")
            .setDevice("/dev/sda")
            .setMajor(8)
            .setValue(512)
            .build();
    List<MetricFamily> families =
        families(
            Metrics.newBuilder()
                .setPids(PidsStat.newBuilder().setCurrent(3))
                .setCpu(
                    CPUStat.newBuilder()
                        .setUsage(CPUUsage.newBuilder().setTotal(9).addPerCpu(4).addPerCpu(5))
                        .setThrottling(Throttle.newBuilder().setPeriods(2)))
                .setMemory(
                    MemoryStat.newBuilder()
                        .setTotalPgMajFault(11)
                        .setUsage(entry)
                        .setSwap(entry)
                        .setKernel(entry)
                        .setKernelTcp(entry))
                .setMemoryOomControl(MemoryOomControl.newBuilder().setOomKill(1))
                .addHugetlb(HugetlbStat.newBuilder().setPagesize("2MB").setUsage(1))
                .setBlkio(BlkIOStat.newBuilder().addIoServiceBytesRecursive(io))
                .build());

    assertThat(families).hasSize(2 + 7 + 32 + 16 + 1 + 3 + 1);
    assertThat(names(families))
        .doesNotHaveDuplicates()
        .contains(
            "container_pids_current",
            "container_cpu_total_nanoseconds",
            "container_cpu_throttled_time_nanoseconds",
            "container_memory_hierarchical_memsw_limit_bytes",
            "container_memory_kerneltcp_failcnt_total",
            "container_hugetlb_failcnt_total");
    assertThat(family(families, "container_per_cpu_nanoseconds").samples())
        .containsExactly(
            MetricSample.of(Map.of("container_id", "web", "cpu", "0"), 4),
            MetricSample.of(Map.of("container_id", "web", "cpu", "1"), 5));
    assertThat(family(families, "container_memory_total_pgmajfault_bytes").samples())
        .containsExactly(MetricSample.of(LABELS, 11));
    assertThat(family(families, "container_memory_swap_limit_bytes").samples())
        .containsExactly(MetricSample.of(LABELS, 0x1p64 - 4096));
    assertThat(family(families, "container_memory_oom_total").type())
        .isEqualTo(MetricFamily.Type.COUNTER);
    assertThat(
            family(families, "container_blkio_io_service_bytes_recursive_bytes")
                .samples()
                .getFirst()
                .labels())
        .containsEntry("op", "Read")
        .containsEntry("device", "/dev/sda")
        .containsEntry("major", "8")
        .containsEntry("minor", "0");
  }

  @Test
  void v2_hasContainerdsNames() {
    List<MetricFamily> families =
        families(
            io.containerd.cgroups.v2.Metrics.newBuilder()
                .setPids(io.containerd.cgroups.v2.PidsStat.newBuilder().setLimit(10))
                .setCpu(io.containerd.cgroups.v2.CPUStat.newBuilder().setUsageUsec(5))
                .setMemory(io.containerd.cgroups.v2.MemoryStat.newBuilder().setAnonThp(6))
                .setMemoryEvents(io.containerd.cgroups.v2.MemoryEvents.newBuilder().setOom(2))
                .setIo(
                    io.containerd.cgroups.v2.IOStat.newBuilder()
                        .addUsage(
                            io.containerd.cgroups.v2.IOEntry.newBuilder().setMajor(8).setRbytes(3)))
                .build());

    assertThat(families).hasSize(2 + 6 + 35 + 1 + 4);
    assertThat(names(families))
        .doesNotHaveDuplicates()
        .contains(
            "container_pids_limit",
            "container_cpu_usage_usec_microseconds",
            "container_cpu_nr_throttled_total",
            "container_memory_usage_limit_bytes",
            "container_memory_anon_thp_bytes",
            "container_memory_oom_total",
            "container_io_rios_total");
    assertThat(family(families, "container_io_rbytes_bytes").samples())
        .containsExactly(
            MetricSample.of(Map.of("container_id", "web", "major", "8", "minor", "0"), 3));
  }

  @Test
  void otherMessages_haveNoNumbers_andBrokenOnesAreRefused() {
    assertThat(TaskMetricWire.families(new TypedValue("x.Y", new byte[] {1}), LABELS)).isEmpty();
    assertThat(families(Metrics.getDefaultInstance())).isEmpty();
    TypedValue broken = new TypedValue("io.containerd.cgroups.v1.Metrics", new byte[] {10, 9});
    assertThatThrownBy(() -> TaskMetricWire.families(broken, LABELS))
        .isInstanceOf(DataLossException.class);
  }
}
