// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import gantry.boot.config.DaemonConfig;
import gantry.boot.inventory.HostConditions;
import gantry.boot.inventory.Inventory;
import gantry.boot.settings.UnknownTables;
import gantry.errors.FailedPreconditionException;
import gantry.linux.SdNotify;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asked by the launcher once all bundles are started: refuses when a required plugin does not
 * serve, else registers the condition {@value #CONDITION} and tells systemd.
 */
final class Readiness implements Runnable, AutoCloseable {
  static final String CONDITION = "gantry.ready";

  /** A daemon that nobody can reach is no daemon: required if it ships, unless disabled. */
  private static final String SOCKET = "io.containerd.server.v1.grpc";

  /** Property of the framework: when the launcher began, in milliseconds since 1970. */
  private static final String STARTED = "gantry.started";

  private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);

  private final BundleContext context;
  private final DaemonConfig config;
  private final Inventory inventory;
  private final Runnable beforeJudging;
  private boolean ready;

  Readiness(
      BundleContext context, DaemonConfig config, Inventory inventory, Runnable beforeJudging) {
    this.beforeJudging = beforeJudging;
    this.context = context;
    this.config = config;
    this.inventory = inventory;
  }

  /**
   * Makes the daemon ready.
   *
   * @throws FailedPreconditionException if a required plugin does not serve
   */
  @Override
  public synchronized void run() {
    HostConditions.register(context, CONDITION);
    beforeJudging.run();
    List<PluginStatus> plugins = inventory.plugins();
    plugins.forEach(Readiness::log);
    inventory.traces().forEach((plugin, trace) -> LOG.debug("plugin {} failed: {}", plugin, trace));
    requireRequired(plugins);
    warnOfTables(plugins);
    ready = true;
    tell("READY=1");
    LOG.info("gantryd is ready after {} ms", sinceStart());
  }

  /** Milliseconds since the launcher began. */
  private long sinceStart() {
    String started = context.getProperty(STARTED);
    return started == null ? 0 : System.currentTimeMillis() - Long.parseLong(started);
  }

  @Override
  public synchronized void close() {
    if (ready) {
      tell("STOPPING=1");
    }
  }

  private static void log(PluginStatus plugin) {
    switch (plugin.state()) {
      case OK -> LOG.debug("plugin {} serves", plugin.uri());
      case SKIP -> LOG.info("plugin {} is skipped: {}", plugin.uri(), plugin.reason());
      case ERROR -> LOG.warn("plugin {} does not serve: {}", plugin.uri(), plugin.reason());
    }
  }

  private void requireRequired(List<PluginStatus> plugins) {
    List<String> failures = new ArrayList<>();
    for (String required : required(plugins)) {
      plugins.stream()
          .filter(plugin -> plugin.uri().toString().equals(required))
          .findFirst()
          .ifPresentOrElse(
              plugin -> {
                if (plugin.state() != State.OK) {
                  failures.add("load required plugin %s: %s".formatted(required, plugin.reason()));
                }
              },
              () -> failures.add("load required plugin " + required + ": no such plugin"));
    }
    if (!failures.isEmpty()) {
      throw new FailedPreconditionException(String.join("; ", failures));
    }
  }

  private Set<String> required(List<PluginStatus> plugins) {
    Set<String> required = new LinkedHashSet<>(config.required());
    boolean shipped = plugins.stream().anyMatch(plugin -> plugin.uri().toString().equals(SOCKET));
    if (shipped && !config.disabled().contains(SOCKET)) {
      required.add(SOCKET);
    }
    return required;
  }

  private void warnOfTables(List<PluginStatus> plugins) {
    Set<String> uris =
        plugins.stream().map(plugin -> plugin.uri().toString()).collect(Collectors.toSet());
    UnknownTables.of(config, uris).forEach(UnknownTables::warn);
  }

  private static void tell(String state) {
    try {
      SdNotify.send(System.getenv("NOTIFY_SOCKET"), state);
    } catch (IOException e) {
      LOG.warn("tell systemd {}: {}", state, e.toString());
    }
  }
}
