// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many questions to a daemon or a registry, some of them at once: most of each is waiting. */
public final class AtOnce {
  private static final int QUESTIONS = 16;

  private AtOnce() {}

  /** What is asked. */
  @FunctionalInterface
  public interface Question<T, R> {
    /** Asks. */
    R of(T item) throws Exception;
  }

  /** The answers in the order of the items; the first failure ends it. */
  public static <T, R> List<R> map(List<T> items, Question<T, R> question) throws Exception {
    return map(items, QUESTIONS, question);
  }

  /** The same, so many at once. */
  public static <T, R> List<R> map(List<T> items, int limit, Question<T, R> question)
      throws Exception {
    if (items.size() < 2) {
      return items.isEmpty() ? List.of() : List.of(question.of(items.getFirst()));
    }
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Math.min(limit, items.size()), Thread.ofVirtual().factory())) {
      List<Future<R>> asked = new ArrayList<>();
      items.forEach(item -> asked.add(threads.submit(() -> question.of(item))));
      List<R> answers = new ArrayList<>();
      for (Future<R> answer : asked) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof Exception cause ? cause : failure;
    }
  }
}
