// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleContext;

/** Waits until plugins serve with the tables they got, or cannot. */
final class Arrival {
  private final BundleContext context;
  private final PluginInventory inventory;
  private final Runnable lookAgain;

  /**
   * Looks at plugins.
   *
   * @param lookAgain has the handles take up plugins that started after they had failed to
   */
  Arrival(BundleContext context, PluginInventory inventory, Runnable lookAgain) {
    this.context = context;
    this.inventory = inventory;
    this.lookAgain = lookAgain;
  }

  /** How these plugins are now, by URI. */
  Map<String, PluginDetail> look(Set<String> uris) {
    Map<String, PluginDetail> found = new TreeMap<>();
    for (PluginDetail plugin : inventory.details()) {
      String uri = plugin.status().uri().toString();
      if (uris.contains(uri)) {
        found.put(uri, plugin);
      }
    }
    return found;
  }

  /**
   * Waits.
   *
   * @return why those do not serve that should, by URI; empty if all is well
   */
  Map<String, String> await(Expected expected, Duration time) throws InterruptedException {
    Semaphore changed = new Semaphore(0);
    AllServiceListener listener = event -> changed.release();
    context.addServiceListener(listener);
    try {
      long end = System.nanoTime() + time.toNanos();
      while (true) {
        Outcome outcome = outcome(expected);
        long left = end - System.nanoTime();
        if (outcome.waiting().isEmpty() || !outcome.broken().isEmpty() || left <= 0) {
          Map<String, String> problems = new LinkedHashMap<>(outcome.broken());
          outcome.waiting().forEach(problems::putIfAbsent);
          if (problems.isEmpty()) {
            lookAgain.run();
          }
          return problems;
        }
        if (changed.tryAcquire(left, TimeUnit.NANOSECONDS)) {
          changed.drainPermits();
        }
      }
    } finally {
      context.removeServiceListener(listener);
    }
  }

  private Outcome outcome(Expected expected) {
    Map<String, String> broken = new LinkedHashMap<>();
    Map<String, String> waiting = new LinkedHashMap<>();
    look(expected.before().keySet())
        .forEach(
            (uri, now) -> {
              String problem = expected.problem(uri, now);
              if (problem != null) {
                (now.failure().isEmpty() ? waiting : broken).put(uri, problem);
              }
            });
    return new Outcome(broken, waiting);
  }

  /**
   * How plugins ought to be.
   *
   * @param before how they were; one that did not serve for a reason of its own need not now
   * @param disabled which must not serve
   * @param anew whether one whose start failed before must start now
   */
  record Expected(Map<String, PluginDetail> before, Set<String> disabled, boolean anew) {
    private @Nullable String problem(String uri, PluginDetail plugin) {
      PluginDetail earlier = before.get(uri);
      State was = earlier == null ? State.OK : earlier.status().state();
      PluginStatus now = plugin.status();
      boolean isWanted = !disabled.contains(uri);
      boolean isFine =
          switch (now.state()) {
            case OK -> isWanted;
            case SKIP -> !isWanted || was != State.OK;
            case ERROR ->
                plugin.failure().isEmpty()
                    ? !isWanted || was == State.ERROR
                    : was == State.ERROR && !anew;
          };
      return isFine ? null : now.state() == State.OK ? "does not stop" : now.reason();
    }
  }

  /**
   * Why plugins do not serve, by URI.
   *
   * @param broken that will not by themselves
   * @param waiting that may yet
   */
  private record Outcome(Map<String, String> broken, Map<String, String> waiting) {}
}
