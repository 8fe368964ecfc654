// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.doctor;

import gantry.doctor.Examination.Blind;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.CanceledException;
import gantry.plugins.Handle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What all inspectors answer to one question, asked side by side.
 *
 * @param answers by plugin
 * @param blind those that did not answer
 */
record Look<R>(Map<String, R> answers, List<Blind> blind) {
  /** A handle that interrupts a call late needs some time for it. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** Something to ask one inspector. */
  @FunctionalInterface
  interface Question<R> {
    R of(Inspector inspector) throws IOException;
  }

  /** Asks all; returns when the last has answered or its time is over. */
  static <R> Look<R> at(
      Collection<Handle<Inspector>> inspectors, Duration limit, Question<R> question) {
    Map<String, FutureTask<R>> asked = new TreeMap<>();
    for (Handle<Inspector> inspector : inspectors) {
      Handle<Inspector> limited = inspector.within(limit);
      FutureTask<R> task = new FutureTask<>(() -> limited.<R, IOException>call(question::of));
      asked.put(inspector.plugin(), task);
      Thread.ofVirtual().name("inspect " + inspector.plugin()).start(task);
    }
    long end = System.nanoTime() + limit.plus(GRACE).toNanos();
    Map<String, R> answers = new TreeMap<>();
    List<Blind> blind = new ArrayList<>();
    asked.forEach(
        (plugin, task) -> {
          try {
            answers.put(
                plugin, task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS));
          } catch (TimeoutException e) {
            task.cancel(true);
            blind.add(new Blind(plugin, "no answer in " + limit.toSeconds() + " s"));
          } catch (ExecutionException e) {
            blind.add(new Blind(plugin, String.valueOf(e.getCause() == null ? e : message(e))));
          } catch (InterruptedException e) {
            asked.values().forEach(other -> other.cancel(true));
            Thread.currentThread().interrupt();
            throw new CanceledException("examine: interrupted", e);
          }
        });
    return new Look<>(answers, blind);
  }

  private static String message(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
  }

  /** All findings of inspectors, each a list. */
  static Look<List<Finding>> inspect(Collection<Handle<Inspector>> inspectors, Duration limit) {
    return at(inspectors, limit, Inspector::inspect);
  }
}
