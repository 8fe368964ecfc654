// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.boot.config.DaemonConfig;
import gantry.boot.config.Timeouts;
import gantry.boot.handles.Handles;
import gantry.boot.settings.Arrival.Expected;
import gantry.errors.FailedPreconditionException;
import gantry.plugins.ConfigDifference;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginInventory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Gives plugins other tables: each concerned is stopped and started anew, and those who call it
 * wait. If one does not start, all get their old tables again.
 */
public final class TableChange {
  private final BundleContext context;
  private final ConfigurationStore store;
  private final Handles handles;
  private final Timeouts timeouts;
  private final Arrival arrival;

  /** Changes nothing yet. */
  public TableChange(
      BundleContext context,
      ConfigurationStore store,
      PluginInventory inventory,
      Handles handles,
      Timeouts timeouts) {
    this.context = context;
    this.store = store;
    this.handles = handles;
    this.timeouts = timeouts;
    this.arrival = new Arrival(context, inventory, handles::lookAgain);
  }

  /**
   * Puts the tables of one configuration in the place of another's.
   *
   * @param differences between the two, to name keys by
   * @throws FailedPreconditionException if a plugin does not start with its new one
   */
  void run(DaemonConfig from, DaemonConfig to, List<ConfigDifference> differences)
      throws InterruptedException {
    Map<String, Map<String, Object>> before = Tables.of(from);
    Map<String, Map<String, Object>> after = Tables.of(to);
    Set<String> changed = Tables.changed(before, after);
    if (changed.isEmpty()) {
      return;
    }
    Map<String, PluginDetail> was = arrival.look(changed);
    List<Long> bundles = bundles(was);
    bundles.forEach(handles::pause);
    try {
      Map<String, String> problems =
          attempt(changed, after, new Expected(was, Set.copyOf(to.disabled()), true));
      if (!problems.isEmpty()) {
        Map<String, String> lost =
            attempt(changed, before, new Expected(was, Set.copyOf(from.disabled()), false));
        throw refused(problems, lost, differences);
      }
    } finally {
      bundles.forEach(handles::resume);
      // Nobody shall wait for a plugin that was disabled.
      bundles.forEach(handles::forget);
    }
    UnknownTables.of(to, arrival.look(to.plugins().keySet()).keySet()).stream()
        .filter(changed::contains)
        .forEach(UnknownTables::warn);
  }

  /** Sends tables and waits for the plugins; what is wrong with them, by URI. */
  private Map<String, String> attempt(
      Set<String> pids, Map<String, Map<String, Object>> tables, Expected expected)
      throws InterruptedException {
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

  private List<Long> bundles(Map<String, PluginDetail> plugins) {
    List<Long> bundles = new ArrayList<>();
    for (Bundle bundle : context.getBundles()) {
      String version = bundle.getVersion().toString();
      if (plugins.values().stream()
          .anyMatch(
              plugin ->
                  plugin.bundle().equals(bundle.getSymbolicName())
                      && plugin.version().equals(version))) {
        bundles.add(bundle.getBundleId());
      }
    }
    return bundles;
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
            .map(difference -> Words.of(difference).substring(table.length()))
            .collect(Collectors.joining(", "));
    return keys.isEmpty() ? "" : " with " + keys;
  }

  private static String first(Set<String> pids) {
    return pids.iterator().next();
  }
}
