// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs something in many threads that start at the same moment. */
public final class Together {
  private static final int SECONDS = 60;

  private Together() {}

  /** What one of the threads does; it is told which one it is, from 0. */
  @FunctionalInterface
  public interface Part<R> {
    /** Does it. */
    R run(int thread) throws Exception;
  }

  /**
   * Runs it and returns the results in the order of the threads.
   *
   * @throws java.util.concurrent.ExecutionException if one fails
   * @throws java.util.concurrent.TimeoutException if one takes longer than a minute
   */
  public static <R> List<R> call(int threads, Part<R> part) throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      List<Future<R>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        Callable<R> task =
            () -> {
              start.await(SECONDS, TimeUnit.SECONDS);
              return part.run(thread);
            };
        running.add(executor.submit(task));
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : running) {
        results.add(future.get(SECONDS, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }
}
