// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Many small questions to the daemon, some of them at once, because most of each is waiting. */
final class AtOnce {
  private static final int THREADS = 16;

  private AtOnce() {}

  /** The answers in the order of the items; the first failure ends it. */
  static <T, R> List<R> map(List<T> items, Function<T, R> question) {
    if (items.size() < 2) {
      return items.stream().map(question).toList();
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(THREADS, items.size()), Thread.ofVirtual().factory())) {
      List<Future<R>> asked = new ArrayList<>();
      items.forEach(item -> asked.add(threads.submit(() -> question.apply(item))));
      List<R> answers = new ArrayList<>();
      for (Future<R> answer : asked) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failure.getCause());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while images are read", stopped);
    }
  }
}
