// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.boot.config.ConfigException;
import gantry.boot.config.ConfigLoader;
import gantry.boot.config.DaemonConfig;
import gantry.boot.config.Differences;
import gantry.boot.config.Flags;
import gantry.boot.config.Timeouts;
import gantry.boot.settings.Arrival.Expected;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.plugins.ConfigDifference;
import gantry.plugins.ConfigDifference.Effect;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force. A reload compares the files with it and not with what they said
 * before, so a key that waits for a restart is told of each time until it is in force or taken
 * back.
 */
public final class LiveSettings implements PluginSettings {
  private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);

  private static final Duration BUSY_MAX = Duration.ofSeconds(30);

  private final Flags flags;
  private final ConfigurationStore store;
  private final Arrival arrival;
  private final Timeouts timeouts;
  private final List<BiConsumer<DaemonConfig, DaemonConfig>> takers;
  private final ReentrantLock reloading = new ReentrantLock();
  private volatile DaemonConfig inForce;

  /** What waits for a restart and was logged. */
  private List<ConfigDifference> told = List.of();

  /**
   * Goes on from the configuration of the start.
   *
   * @param flags it was read with
   * @param takers are told of each that has come in force, after the one it follows
   */
  public LiveSettings(
      Flags flags,
      DaemonConfig inForce,
      ConfigurationStore store,
      Arrival arrival,
      Timeouts timeouts,
      List<BiConsumer<DaemonConfig, DaemonConfig>> takers) {
    this.flags = flags;
    this.inForce = inForce;
    this.store = store;
    this.arrival = arrival;
    this.timeouts = timeouts;
    this.takers = List.copyOf(takers);
  }

  /** What holds now. */
  public DaemonConfig inForce() {
    return inForce;
  }

  @Override
  public List<ConfigDifference> reload(boolean dryRun) {
    try {
      if (!reloading.tryLock(BUSY_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new UnavailableException(
            "reload configuration: another reload does not end; try again later");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      DaemonConfig files = read();
      Differences differences = new Differences(inForce, files);
      List<ConfigDifference> list = differences.list();
      if (!dryRun) {
        List<ConfigDifference> news = new ArrayList<>(list);
        news.removeAll(told);
        if (!news.isEmpty()) {
          putInForce(differences.live(), list);
          news.forEach(LiveSettings::log);
        }
        told = list.stream().filter(one -> one.effect() == Effect.RESTART).toList();
      }
      return list;
    } finally {
      reloading.unlock();
    }
  }

  private DaemonConfig read() {
    try {
      return ConfigLoader.load(flags);
    } catch (ConfigException e) {
      throw new InvalidArgumentException(
          "reload configuration: nothing is changed: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new InvalidArgumentException("reload configuration: nothing is changed: " + e, e);
    }
  }

  private void putInForce(DaemonConfig next, List<ConfigDifference> differences) {
    requireRequired(next);
    Map<String, Map<String, Object>> before = Tables.of(inForce);
    Map<String, Map<String, Object>> after = Tables.of(next);
    Set<String> changed = Tables.changed(before, after);
    next.warnings().forEach(warning -> LOG.warn("config: {}", warning));
    Map<String, PluginDetail> was = arrival.look(changed);
    Expected wanted = new Expected(was, Set.copyOf(next.disabled()), true);
    Expected old = new Expected(was, Set.copyOf(inForce.disabled()), false);
    try {
      Map<String, String> problems = attempt(changed, after, wanted);
      if (!problems.isEmpty()) {
        throw refused(problems, attempt(changed, before, old), differences);
      }
    } catch (InterruptedException e) {
      goBackAfterInterrupt(changed, before, old);
      throw interrupted(e);
    }
    DaemonConfig past = inForce;
    inForce = next;
    takers.forEach(taker -> taker.accept(past, next));
    UnknownTables.of(next, arrival.look(next.plugins().keySet()).keySet()).stream()
        .filter(changed::contains)
        .forEach(UnknownTables::warn);
  }

  /** Sends tables and waits for the plugins; what is wrong with them, by URI. */
  private Map<String, String> attempt(
      Set<String> pids, Map<String, Map<String, Object>> tables, Expected expected)
      throws InterruptedException {
    if (pids.isEmpty()) {
      return Map.of();
    }
    try {
      store.send(pids, tables);
      // A plugin is stopped only when the calls in it have ended, or had their time.
      Duration drain = timeouts.plugin().multipliedBy(pids.size());
      if (store.awaitArrival(timeouts.activation().plus(drain))) {
        return arrival.await(expected, timeouts.activation());
      }
      store.interrupt(timeouts.activation());
      Map<String, String> hanging = new TreeMap<>(arrival.await(expected, Duration.ZERO));
      if (hanging.isEmpty()) {
        hanging.put(first(pids), "");
      }
      hanging.replaceAll((uri, reason) -> "did not start within " + timeouts.activation());
      return hanging;
    } catch (IOException e) {
      return Map.of(first(pids), "its table cannot be handed over: " + e);
    }
  }

  private void goBackAfterInterrupt(
      Set<String> pids, Map<String, Map<String, Object>> before, Expected old) {
    try {
      attempt(pids, before, old)
          .forEach((uri, reason) -> LOG.error("plugin {} did not come back: {}", uri, reason));
    } catch (InterruptedException e) {
      LOG.error("interrupted again before all plugins were back");
    }
  }

  private static void requireRequired(DaemonConfig next) {
    for (String required : next.required()) {
      if (next.disabled().contains(required)) {
        throw new FailedPreconditionException(
            "reload configuration: nothing is changed: required plugin %s is disabled"
                .formatted(required));
      }
    }
  }

  private static FailedPreconditionException refused(
      Map<String, String> problems, Map<String, String> lost, List<ConfigDifference> differences) {
    StringJoiner text = new StringJoiner("; ", "reload configuration: ", "");
    problems.forEach(
        (uri, reason) ->
            text.add("plugin %s%s: %s".formatted(uri, keys(uri, differences), reason)));
    if (lost.isEmpty()) {
      text.add("all plugins have the configuration from before");
    }
    lost.forEach(
        (uri, reason) ->
            text.add(
                "plugin %s did not come back either: %s; restart the daemon"
                    .formatted(uri, reason)));
    return new FailedPreconditionException(text.toString());
  }

  /** What was changed for a plugin. */
  private static String keys(String uri, List<ConfigDifference> differences) {
    String table = "plugins.'" + uri + "'.";
    String keys =
        differences.stream()
            .filter(difference -> difference.key().startsWith(table))
            .map(
                difference ->
                    "%s %s → %s"
                        .formatted(
                            difference.key().substring(table.length()),
                            orUnset(difference.before()),
                            orUnset(difference.after())))
            .collect(Collectors.joining(", "));
    return keys.isEmpty() ? "" : " with " + keys;
  }

  private static void log(ConfigDifference difference) {
    LOG.info(
        "config: {}: {} → {}{}",
        difference.key(),
        orUnset(difference.before()),
        orUnset(difference.after()),
        difference.effect() == Effect.RESTART ? ", from the next start on" : "");
  }

  private static String orUnset(String value) {
    return value.isEmpty() ? "unset" : value;
  }

  private static String first(Set<String> pids) {
    return pids.iterator().next();
  }

  private static CanceledException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CanceledException("reload configuration: interrupted; nothing is changed", e);
  }
}
