// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import gantry.boot.changes.BundleChanges;
import gantry.boot.config.ConfigException;
import gantry.boot.config.ConfigLoader;
import gantry.boot.config.DaemonConfig;
import gantry.boot.config.Flags;
import gantry.boot.config.Timeouts;
import gantry.boot.events.Exchange;
import gantry.boot.handles.Handles;
import gantry.boot.host.Directories;
import gantry.boot.host.Identity;
import gantry.boot.host.Memory;
import gantry.boot.host.ProcessTraits;
import gantry.boot.inventory.HostConditions;
import gantry.boot.inventory.Inventory;
import gantry.boot.log.JulBridge;
import gantry.boot.log.Loggers;
import gantry.boot.settings.ConfigurationStore;
import gantry.boot.settings.LiveSettings;
import gantry.boot.settings.Reloads;
import gantry.boot.settings.TableChange;
import gantry.boot.sockets.Sockets;
import gantry.boot.sockets.Takeovers;
import gantry.events.EventBus;
import gantry.plugins.DaemonInfo;
import gantry.plugins.ListeningSockets;
import gantry.plugins.LogLevels;
import gantry.plugins.PluginChanges;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginMemory;
import gantry.plugins.PluginSettings;
import gantry.plugins.PluginTraffic;
import gantry.plugins.TimeLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.spi.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the kernel. It must start after the configuration admin and before any plugin, so that
 * each plugin finds its configuration and what it needs of the floor.
 */
public final class Boot implements BundleActivator {
  private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

  /** Property of the framework: flags for {@link Flags#parse}, one a line; for tests. */
  static final String FLAGS = "gantry.flags";

  /** Property of the framework: {@code false} leaves changed files unnoticed; for tests. */
  static final String WATCH = "gantry.watch";

  /** Property of the service with which the launcher asks whether all is well. */
  static final String READINESS = "gantry.readiness";

  private static final int EVENTS_BEHIND_MAX = 4096;

  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

  /** Made by the framework. */
  public Boot() {}

  @Override
  public void start(BundleContext context) throws IOException, ConfigException {
    KernelTool.Loaded loaded = loaded(context);
    DaemonConfig config = loaded.config();
    if (LoggerFactory.getILoggerFactory() instanceof LogLevels levels) {
      startLog(context, levels, config);
    }
    config.warnings().forEach(warning -> LOG.warn("config: {}", warning));
    ProcessTraits.apply(config.oomScore(), config.cgroup());
    Path home = loaded.flags().home();
    Directories directories = directories(home, config);
    DaemonInfo daemon = Identity.of(home, directories.root("io.containerd.grpc.v1.introspection"));
    LOG.info("starting gantryd {} revision {}", daemon.version(), daemon.revision());

    ConfigurationStore store = new ConfigurationStore(context);
    toClose.push(store);
    store.feed(config);
    context.registerService(PluginDirectories.class, directories, none());
    context.registerService(PluginMemory.class, new Memory(), none());
    context.registerService(DaemonInfo.class, daemon, none());
    context.registerService(
        EventBus.class, new Exchange(Clock.systemUTC(), EVENTS_BEHIND_MAX), none());

    HostConditions conditions = new HostConditions(context);
    Path installed = directories.root().resolve("bundles");
    Inventory inventory = new Inventory(context, conditions, installed, Clock.systemUTC());
    context.registerService(PluginInventory.class, inventory, none());
    inventory.open();
    toClose.push(inventory);
    Timeouts timeouts = new Timeouts(config.timeouts());
    context.registerService(TimeLimits.class, timeouts, none());
    Handles handles = new Handles(context, timeouts, inventory::whyMissing);
    listen(context, directories);
    conditions.open();
    toClose.push(conditions);
    handles.open();
    context.registerService(PluginTraffic.class, handles, none());
    toClose.push(handles);
    AtomicReference<DaemonConfig> inForce = new AtomicReference<>(config);
    BundleChanges changes =
        new BundleChanges(
            context,
            handles,
            timeouts,
            installed,
            home,
            () -> inForce.get().signers(),
            inventory::components,
            Clock.systemUTC());
    changes.open();
    inventory.setAside(changes::isAside);
    context.registerService(PluginChanges.class, changes, none());
    toClose.push(changes);
    StopSignal stopSignal = new StopSignal(context);
    stopSignal.open();
    toClose.push(stopSignal);
    settings(
        context,
        loaded.flags(),
        new LiveSettings(
            loaded.flags(),
            inForce,
            new TableChange(context, store, inventory, handles, timeouts),
            changes::alone,
            List.of((old, next) -> timeouts.set(next.timeouts()), Boot::setLog)));
    Readiness readiness =
        new Readiness(
            context,
            config,
            inventory,
            () -> {
              handles.lookAgain();
              changes.watch(config.pluginDir());
            });
    toClose.push(readiness);
    context.registerService(
        Runnable.class, readiness, FrameworkUtil.asDictionary(Map.of(READINESS, true)));
  }

  @Override
  public void stop(BundleContext context) throws Exception {
    while (!toClose.isEmpty()) {
      toClose.pop().close();
    }
  }

  private void listen(BundleContext context, Directories directories) {
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    Sockets sockets =
        new Sockets(
            directories.state().resolve("keeper.sock"),
            System.getenv(),
            () -> framework.getState() == Bundle.STOPPING);
    toClose.push(sockets);
    context.registerService(ListeningSockets.class, sockets, none());
    Takeovers takeovers = new Takeovers(context);
    takeovers.open();
    toClose.push(takeovers);
  }

  private void settings(BundleContext context, Flags flags, LiveSettings settings) {
    context.registerService(PluginSettings.class, settings, none());
    Reloads reloads = new Reloads(settings);
    toClose.push(reloads);
    context.registerService(
        Runnable.class, reloads, FrameworkUtil.asDictionary(Map.of(Reloads.SERVICE, true)));
    if (flags.rebuild() == null && !"false".equals(context.getProperty(WATCH))) {
      reloads.watchFiles();
    }
  }

  /** A level that somebody else has set stays until the configuration says another. */
  private static void setLog(DaemonConfig old, DaemonConfig next) {
    if (LoggerFactory.getILoggerFactory() instanceof LogLevels levels) {
      if (!old.level().equals(next.level())) {
        levels.set(LogLevels.ROOT, next.level());
      }
      setFormat(levels, next);
    }
  }

  private static void setFormat(LogLevels levels, DaemonConfig config) {
    if (levels instanceof Loggers loggers) {
      loggers.json(config.json());
    }
  }

  private static void startLog(BundleContext context, LogLevels levels, DaemonConfig config) {
    levels.set(LogLevels.ROOT, config.level());
    setFormat(levels, config);
    JulBridge.install();
    context.registerService(LogLevels.class, levels, none());
  }

  private static KernelTool.Loaded loaded(BundleContext context)
      throws IOException, ConfigException {
    ServiceReference<ToolProvider> reference = context.getServiceReference(ToolProvider.class);
    if (reference != null && context.getService(reference) instanceof KernelTool tool) {
      KernelTool.Loaded loaded = tool.loaded();
      if (loaded != null) {
        return loaded;
      }
    }
    String text = context.getProperty(FLAGS);
    Flags flags = text == null ? Flags.NONE : Flags.parse(text.split("\n"));
    return new KernelTool.Loaded(flags, ConfigLoader.load(flags));
  }

  private static Directories directories(@Nullable Path home, DaemonConfig config) {
    Path libexec = home == null ? config.root() : home.resolve("libexec/gantry");
    return new Directories(config.root(), config.state(), libexec, config.address());
  }

  private static Dictionary<String, Object> none() {
    return FrameworkUtil.asDictionary(Map.of());
  }
}
