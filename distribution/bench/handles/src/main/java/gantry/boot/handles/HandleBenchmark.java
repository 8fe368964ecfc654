// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.plugins.Handle;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** What a call through a handle costs over a direct one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
@Fork(
    value = 2,
    // as the daemon runs
    jvmArgs = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmn8m", "-Xmx256m"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HandleBenchmark {
  private final Watch watch = new Watch();
  private final Work direct = new Work();
  private Handle<Work> handle;
  private Handle<Work> timed;

  /** What a plugin does: next to nothing. */
  static final class Work {
    private int value = 1;

    int answer(int question) {
      return question + value;
    }
  }

  /** Makes a handle as the kernel does. */
  @Setup(Level.Trial)
  public void make() {
    PluginHandle<Work> made =
        new PluginHandle<>("bench.Work", "bench.v1", new Timeouts(Map.of()), uri -> "gone", watch);
    made.switchTo(made.provider(new Work(), 1, false), false);
    handle = made;
    timed = made.within(Duration.ofMinutes(30));
  }

  /** Ends its thread. */
  @TearDown(Level.Trial)
  public void end() {
    watch.close();
  }

  /** Without a handle. */
  @Benchmark
  public int direct() {
    return direct.answer(41);
  }

  /** Through a handle. */
  @Benchmark
  public int handle() {
    return handle.call(work -> work.answer(41));
  }

  /** Through a handle with a deadline of its own. */
  @Benchmark
  public int within() {
    return timed.call(work -> work.answer(41));
  }

  /** Through a handle, two threads at once. */
  @Benchmark
  @Threads(2)
  public int handleTwoThreads() {
    return handle.call(work -> work.answer(41));
  }
}
