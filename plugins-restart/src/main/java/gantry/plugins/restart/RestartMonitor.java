// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.errors.InvalidArgumentException;
import gantry.events.EventBus;
import gantry.metadata.Metadata;
import gantry.plugins.GoDuration;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginDirectories;
import gantry.plugins.PluginFacts;
import gantry.plugins.PluginMemory;
import gantry.plugins.StopListener;
import gantry.plugins.Takeover;
import gantry.runtime.TaskManager;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts tasks anew that ended, and stops some, as the labels of their containers want. */
@Component(
    name = RestartMonitor.PLUGIN,
    service = {Takeover.class, StopListener.class, PluginFacts.class},
    immediate = true)
@Plugin(
    value = RestartMonitor.PLUGIN,
    plugin_requires = {"io.containerd.event.v1", "io.containerd.service.v1"})
public final class RestartMonitor implements Takeover, StopListener, PluginFacts, AutoCloseable {
  static final String PLUGIN = "io.containerd.monitor.container.v1.restart";

  private static final Logger LOG = LoggerFactory.getLogger(RestartMonitor.class);
  private static final Duration DEFAULT = Duration.ofSeconds(10);
  private static final Duration LAST = Duration.ofSeconds(8);

  /** The keys of the plugin's table. */
  @interface Config {
    /** How often all containers are looked at. */
    String interval() default "10s";
  }

  private final Records records;
  private final Intents intents;
  private final Attempts attempts;
  private final Caretaker caretaker;
  private final Set<String> inHand;
  private final EventBus events;
  private final Duration interval;
  private final AtomicReference<@Nullable Shift> shift = new AtomicReference<>();

  /** Makes everything ready; acts once it may. */
  @Activate
  public RestartMonitor(
      Config config,
      @Reference PluginDirectories directories,
      @Reference(service = Handle.class, target = "(contract=gantry.metadata.Metadata)")
          Handle<Metadata> metadata,
      @Reference(service = Handle.class, target = "(contract=gantry.runtime.TaskManager)")
          Handle<TaskManager> tasks,
      @Reference PluginMemory memory,
      @Reference EventBus events) {
    this(
        interval(config.interval()),
        directories.state(PLUGIN),
        metadata,
        tasks,
        memory.keep(PLUGIN, "containers in hand, 1", ConcurrentHashMap::newKeySet),
        events);
  }

  RestartMonitor(
      Duration interval,
      Path notes,
      Handle<Metadata> metadata,
      Handle<TaskManager> tasks,
      Set<String> inHand,
      EventBus events) {
    this.interval = interval;
    this.inHand = inHand;
    this.events = events;
    this.records = new Records(metadata);
    this.intents = new Intents(notes);
    this.attempts = new Attempts(interval, System::nanoTime);
    this.caretaker = new Caretaker(records, tasks, intents, attempts, interval, Clock.systemUTC());
  }

  static Duration interval(String text) {
    Duration interval =
        GoDuration.parse(text)
            .filter(duration -> !duration.isNegative())
            .orElseThrow(
                () ->
                    new InvalidArgumentException(
                        "interval = \"%s\": want a duration, for example \"10s\"".formatted(text)));
    return interval.isZero() ? DEFAULT : interval;
  }

  @Override
  public Set<String> capabilities() {
    return Collections.unmodifiableSet(
        new LinkedHashSet<>(List.of("no", "always", "on-failure", "unless-stopped")));
  }

  @Override
  public void takeOver() {
    Shift next = new Shift(records, caretaker, intents, attempts, inHand, events);
    if (shift.compareAndSet(null, next)) {
      next.begin(interval);
    } else {
      next.close();
    }
  }

  @Override
  public void giveWay() {
    Shift last = shift.getAndSet(null);
    if (last == null) {
      return;
    }
    try {
      if (!last.finish(LAST)) {
        LOG.warn("a restart is not over after {}: it goes on by itself", LAST);
        last.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      last.close();
    }
  }

  /** Tasks that end because the daemon stops are the next daemon's business. */
  @Override
  public void daemonStops() {
    giveWay();
  }

  /** Ends whatever is left. */
  @Override
  @Deactivate
  public void close() {
    giveWay();
  }
}
