// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DataLossException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.UnavailableException;
import gantry.metadata.Caller;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.metrics.MetricSample;
import gantry.namespaces.Namespaces;
import gantry.testkit.FixedHandle;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GcSchedulerTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /** Counts collections and lets them go one by one. */
  private static final class Paced implements Metadata {
    final AtomicInteger begun = new AtomicInteger();
    final Semaphore isRunning = new Semaphore(0);
    final Semaphore mayEnd = new Semaphore(0);
    volatile @Nullable RuntimeException failure;

    @Override
    public GcStats collect() {
      int number = begun.incrementAndGet();
      isRunning.release();
      mayEnd.acquireUninterruptibly();
      if (failure != null) {
        throw failure;
      }
      return new GcStats(Map.of("snapshot", number), Duration.ofMillis(1));
    }

    @Override
    public Changes changes() {
      return new Changes(0, 0);
    }

    @Override
    public Namespaces namespaces() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Scope in(Caller caller) {
      throw new UnsupportedOperationException();
    }
  }

  private static GcScheduler scheduler(Metadata metadata, Duration startupDelay) {
    return new GcScheduler(
        FixedHandle.of("io.containerd.metadata.v1.bolt", metadata),
        new Settings(0.02, 0, 100, Duration.ZERO, startupDelay),
        "0s",
        "100ms");
  }

  @Test
  void first_runsByItself() throws InterruptedException {
    Paced metadata = new Paced();
    try (GcScheduler scheduler = scheduler(metadata, Duration.ofMillis(1))) {
      assertThat(metadata.isRunning.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      metadata.mayEnd.release(100);
      assertThat(scheduler.exports()).containsEntry("PauseThreshold", "0.02");
    }
  }

  @Test
  void request_duringACollection_waitsForTheNext() throws Exception {
    Paced metadata = new Paced();
    try (GcScheduler scheduler = scheduler(metadata, LONG);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<GcStats> first = threads.submit(() -> scheduler.collectAndWait(LONG));
      assertThat(metadata.isRunning.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      Future<GcStats> second = threads.submit(() -> scheduler.collectAndWait(LONG));
      assertThatThrownBy(() -> scheduler.collectAndWait(Duration.ofMillis(1)))
          .isInstanceOf(DeadlineExceededException.class);
      metadata.mayEnd.release();
      assertThat(first.get(20, TimeUnit.SECONDS).removed()).containsEntry("snapshot", 1);
      assertThat(metadata.isRunning.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      metadata.mayEnd.release(100);
      assertThat(second.get(20, TimeUnit.SECONDS).removed().get("snapshot"))
          .isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void failure_reachesWhoWaits_andTheNextRequestRunsAgain() {
    Paced metadata = new Paced();
    metadata.mayEnd.release(100);
    try (GcScheduler scheduler = scheduler(metadata, LONG)) {
      metadata.failure = new DataLossException("broken");
      assertThatThrownBy(() -> scheduler.collectAndWait(LONG))
          .isInstanceOf(DataLossException.class);
      metadata.failure = null;
      assertThat(scheduler.collectAndWait(LONG).removed()).isNotEmpty();
      assertThat(scheduler.metrics().getFirst().samples())
          .containsExactly(
              MetricSample.of(Map.of("status", "success"), 1),
              MetricSample.of(Map.of("status", "fail"), 1));
    }
  }

  @Test
  void close_endsTheThreadWhenWhoWaitsHasBeenServed() throws Exception {
    Paced metadata = new Paced();
    GcScheduler scheduler = scheduler(metadata, LONG);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<GcStats> waiting = threads.submit(() -> scheduler.collectAndWait(LONG));
      assertThat(metadata.isRunning.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      scheduler.close();
      assertThatThrownBy(() -> scheduler.collectAndWait(LONG))
          .isInstanceOf(UnavailableException.class);
      metadata.mayEnd.release(100);
      assertThat(waiting.get(20, TimeUnit.SECONDS).removed()).containsEntry("snapshot", 1);
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("gc-scheduler")) {
        assertThat(thread.join(LONG)).isTrue();
      }
    }
  }
}
