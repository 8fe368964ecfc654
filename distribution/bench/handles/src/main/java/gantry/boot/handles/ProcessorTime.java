// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.plugins.Handle;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * What a call through a handle costs in processor time of its thread: unlike JMH's figures it says
 * nothing of waits, and so holds on a machine that is busy with other things.
 */
public final class ProcessorTime {
  private static final int CALLS = 5_000_000;
  private static final int ROUNDS = 8;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private long sum;

  private ProcessorTime() {}

  /** Prints nanoseconds. */
  public static void main(String... arguments) {
    try (Watch watch = new Watch()) {
      PluginHandle<HandleBenchmark.Work> handle =
          new PluginHandle<>(
              "bench.Work", "bench.v1", new Timeouts(Map.of()), uri -> "gone", watch);
      handle.switchTo(handle.provider(new HandleBenchmark.Work(), 1, false), false);
      new ProcessorTime().print(handle, new HandleBenchmark.Work());
    }
  }

  private void print(Handle<HandleBenchmark.Work> handle, HandleBenchmark.Work direct) {
    double through = Double.MAX_VALUE;
    double without = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      through =
          Math.min(
              through, nanos(i -> handle.<Integer, RuntimeException>call(work -> work.answer(i))));
      without = Math.min(without, nanos(direct::answer));
    }
    System.out.printf(
        "processor time of one thread: handle %.1f ns, direct %.1f ns (%d)%n",
        through, without, sum % 10);
  }

  private double nanos(IntUnaryOperator call) {
    long start = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < CALLS; i++) {
      sum += call.applyAsInt(i);
    }
    return (threads.getCurrentThreadCpuTime() - start) / (double) CALLS;
  }
}
