// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.gc;

import gantry.errors.InvalidArgumentException;
import gantry.gc.GarbageCollector;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metrics.MetricFamily;
import gantry.metrics.MetricSource;
import gantry.plugins.GoDuration;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.plugins.PluginFacts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Collects garbage by the schedule of {@link Schedule}, and when asked. */
@Component(
    name = GcScheduler.PLUGIN,
    service = {GarbageCollector.class, MetricSource.class, PluginFacts.class},
    immediate = true)
@Plugin(value = GcScheduler.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class GcScheduler
    implements GarbageCollector, MetricSource, PluginFacts, AutoCloseable {
  static final String PLUGIN = "io.containerd.gc.v1.scheduler";

  /** The keys of the plugin's table. */
  @interface Config {
    /** Part of all time that collections may take, at most 0.5; 0 to collect once a second. */
    double pauseThreshold() default 0.02;

    /** So many deletions bring the next collection forward; 0 for none. */
    int deletionThreshold() default 0;

    /** So many changes make the next collection worth while; 0 for deletions only. */
    int mutationThreshold() default 100;

    /** How long a collection that is asked for, or brought forward, is put off. */
    String scheduleDelay() default "0s";

    /** When the first collection begins. */
    String startupDelay() default "100ms";
  }

  private final Tally tally = new Tally();
  private final Runner runner;
  private final Map<String, String> exports;

  /** Begins to schedule. */
  @Activate
  public GcScheduler(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata,
      Config config) {
    this(
        metadata,
        new Settings(
            config.pauseThreshold(),
            config.deletionThreshold(),
            config.mutationThreshold(),
            duration("schedule_delay", config.scheduleDelay()),
            duration("startup_delay", config.startupDelay())),
        config.scheduleDelay(),
        config.startupDelay());
  }

  GcScheduler(
      Handle<Metadata> metadata, Settings settings, String scheduleDelay, String startupDelay) {
    this.exports =
        Map.of(
            "PauseThreshold", Double.toString(settings.pauseThreshold()),
            "DeletionThreshold", Integer.toString(settings.deletionThreshold()),
            "MutationThreshold", Integer.toString(settings.mutationThreshold()),
            "ScheduleDelay", scheduleDelay,
            "StartupDelay", startupDelay);
    this.runner = new Runner(metadata, settings, tally);
    runner.start();
  }

  private static Duration duration(String key, String text) {
    return GoDuration.parse(text)
        .filter(duration -> !duration.isNegative())
        .orElseThrow(
            () ->
                new InvalidArgumentException(
                    "%s = \"%s\": want a duration, for example \"100ms\"".formatted(key, text)));
  }

  @Override
  public Map<String, String> exports() {
    return exports;
  }

  @Override
  public GcStats collectAndWait(Duration deadline) {
    return runner.collectAndWait(deadline);
  }

  @Override
  public List<MetricFamily> metrics() {
    return tally.families();
  }

  /** Ends the schedule; those who wait get what they wait for. */
  @Override
  @Deactivate
  public void close() {
    runner.close();
  }
}
