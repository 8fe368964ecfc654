// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSample;
import gantry.metrics.MetricSource;
import gantry.plugins.DaemonInfo;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon as a process, from the kernel's files; what cannot be read is left out. */
final class ProcessNumbers implements MetricSource {
  private static final Logger LOG = LoggerFactory.getLogger(ProcessNumbers.class);

  private final DaemonInfo daemon;
  private final Path process;

  /**
   * As above.
   *
   * @param process the process's directory of the kernel, {@code /proc/self}
   */
  ProcessNumbers(DaemonInfo daemon, Path process) {
    this.daemon = daemon;
    this.process = process;
  }

  @Override
  public List<MetricFamily> metrics() {
    List<MetricFamily> families = new ArrayList<>();
    families.add(
        family(
            "containerd_build_info_total",
            MetricFamily.Type.COUNTER,
            "1; what runs is in the labels",
            Map.of("version", daemon.version(), "revision", daemon.revision()),
            1));
    try {
      memory(families);
      descriptors(families);
    } catch (IOException e) {
      LOG.debug("some numbers of the process are left out", e);
    }
    java(families);
    return families;
  }

  private void memory(List<MetricFamily> families) throws IOException {
    List<String> lines = Files.readAllLines(process.resolve("status"));
    kilobytes(lines, "VmRSS:")
        .ifPresent(
            bytes -> gauge(families, "process_resident_memory_bytes", "memory in use", bytes));
    kilobytes(lines, "VmSize:")
        .ifPresent(
            bytes -> gauge(families, "process_virtual_memory_bytes", "addresses in use", bytes));
  }

  private static OptionalDouble kilobytes(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()).replace("kB", "").strip())
        .mapToDouble(text -> Double.parseDouble(text) * 1024)
        .findFirst();
  }

  private void descriptors(List<MetricFamily> families) throws IOException {
    int open = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path _ : files) {
        open++;
      }
    }
    gauge(families, "process_open_fds", "open file descriptors", open);
    limit().ifPresent(most -> gauge(families, "process_max_fds", "most file descriptors", most));
  }

  private Optional<Double> limit() throws IOException {
    return Files.readAllLines(process.resolve("limits")).stream()
        .filter(line -> line.startsWith("Max open files"))
        .map(line -> line.substring("Max open files".length()).strip().split(" +", 2)[0])
        .map(text -> text.equals("unlimited") ? Double.POSITIVE_INFINITY : Double.parseDouble(text))
        .findFirst();
  }

  private static void java(List<MetricFamily> families) {
    ProcessHandle.Info info = ProcessHandle.current().info();
    info.startInstant()
        .map(Instant::toEpochMilli)
        .ifPresent(
            start ->
                gauge(
                    families,
                    "process_start_time_seconds",
                    "when it began, Unix time",
                    start / 1e3));
    info.totalCpuDuration()
        .map(Duration::toMillis)
        .ifPresent(
            time ->
                families.add(
                    family(
                        "process_cpu_seconds_total",
                        MetricFamily.Type.COUNTER,
                        "processor time",
                        Map.of(),
                        time / 1e3)));
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    gauge(families, "gantry_heap_used_bytes", "objects of the daemon", (double) used);
    gauge(
        families,
        "gantry_heap_max_bytes",
        "most that objects may take",
        (double) runtime.maxMemory());
  }

  private static void gauge(List<MetricFamily> families, String name, String help, double value) {
    families.add(family(name, MetricFamily.Type.GAUGE, help, Map.of(), value));
  }

  private static MetricFamily family(
      String name, MetricFamily.Type type, String help, Map<String, String> labels, double value) {
    return new MetricFamily(name, type, help, List.of(MetricSample.of(labels, value)));
  }
}
