// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metrics;

import gantry.metrics.MetricFamily;
import gantry.names.Namespace;
import gantry.plugins.TimeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers all numbers, side by side. Whoever does not answer in time, or fails, is left out; the
 * others' numbers are there. Safe for concurrent use.
 */
final class Scrape {
  private static final Logger LOG = LoggerFactory.getLogger(Scrape.class);
  private static final String LIMIT = "io.containerd.timeout.metrics.shimstats";
  private static final Duration STANDARD = Duration.ofSeconds(2);

  /** Who asks many tasks leaves out those that are late; that much later it answers itself. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  private final Map<String, Callable<List<MetricFamily>>> sources;
  private final TaskNumbers tasks;
  private final TimeLimits limits;
  private final ExecutorService threads;

  /**
   * As above.
   *
   * @param sources by a name for the log; looked at anew at each scrape
   * @param threads run each source
   */
  Scrape(
      Map<String, Callable<List<MetricFamily>>> sources,
      TaskNumbers tasks,
      TimeLimits limits,
      ExecutorService threads) {
    this.sources = sources;
    this.tasks = tasks;
    this.limits = limits;
    this.threads = threads;
  }

  /** All numbers there are after the time limit at the latest. */
  List<MetricFamily> gather() throws InterruptedException {
    Duration limit = limits.of(LIMIT, STANDARD).plus(MARGIN);
    long end = System.nanoTime() + limit.toNanos();
    Map<String, Future<List<MetricFamily>>> asked = new LinkedHashMap<>();
    sources.forEach((name, source) -> asked.put(name, threads.submit(source)));
    Future<List<Namespace>> namespaces = threads.submit(tasks::namespaces);
    for (Namespace namespace : answer("namespaces", namespaces, end)) {
      asked.put("tasks of " + namespace, threads.submit(() -> tasks.of(namespace)));
    }
    List<MetricFamily> families = new ArrayList<>();
    for (Map.Entry<String, Future<List<MetricFamily>>> entry : asked.entrySet()) {
      families.addAll(answer(entry.getKey(), entry.getValue(), end));
    }
    return families;
  }

  private static <T> List<T> answer(String name, Future<List<T>> asked, long end)
      throws InterruptedException {
    try {
      return asked.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.warn("numbers of {} are left out: no answer in time", name);
    } catch (ExecutionException | CancellationException e) {
      LOG.warn("numbers of {} are left out", name, e);
    } finally {
      asked.cancel(true);
    }
    return List.of();
  }
}
