// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several that do the same at once. */
final class Crowd {
  private Crowd() {}

  /** What one of them does. */
  interface Member<T> {
    /**
     * Does it.
     *
     * @param number from 0
     */
    T act(int number) throws Exception;
  }

  /** Lets them act, waits for all, and returns what each returned. */
  static <T> List<T> act(int count, Member<T> member) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<T>> acts = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        acts.add(() -> member.act(number));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : threads.invokeAll(acts)) {
        results.add(result.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
