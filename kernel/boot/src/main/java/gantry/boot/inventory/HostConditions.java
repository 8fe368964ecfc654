// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.HostProbe;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks each probe once and registers the condition it stands for, or remembers why not. Two
 * versions of a plugin ask for the same: there is one condition as long as one of them finds it.
 */
public final class HostConditions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostConditions.class);

  private final BundleContext context;
  private final Map<String, HostCondition> conditions = new ConcurrentHashMap<>();
  private final ServiceTracker<HostProbe, HostCondition> tracker;

  /** Asks nobody yet. */
  public HostConditions(BundleContext context) {
    this.context = context;
    this.tracker = new ServiceTracker<>(context, HostProbe.class, new Asking());
  }

  /** Begins with the probes that are there and goes on with those that come. */
  public void open() {
    tracker.open();
  }

  /** Withdraws all conditions. */
  @Override
  public void close() {
    tracker.close();
  }

  /** Why the host lacks a condition; empty if it has it, or nobody probed it. */
  Optional<String> missing(String condition) {
    HostCondition known = conditions.get(condition);
    return known == null ? Optional.empty() : known.missing();
  }

  /** Registers a condition. */
  public static ServiceRegistration<Condition> register(BundleContext context, String condition) {
    return context.registerService(
        Condition.class,
        Condition.INSTANCE,
        FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, condition)));
  }

  private final class Asking implements ServiceTrackerCustomizer<HostProbe, HostCondition> {
    @Override
    public @Nullable HostCondition addingService(ServiceReference<HostProbe> reference) {
      HostProbe probe = context.getService(reference);
      if (probe == null) {
        return null;
      }
      String id = probe.condition();
      Optional<String> lack = lack(probe);
      lack.ifPresent(reason -> LOG.info("host lacks {}: {}", id, reason));
      HostCondition condition = conditions.computeIfAbsent(id, HostCondition::new);
      condition.answered(context, reference, lack);
      return condition;
    }

    @Override
    public void modifiedService(ServiceReference<HostProbe> reference, HostCondition condition) {}

    @Override
    public void removedService(ServiceReference<HostProbe> reference, HostCondition condition) {
      condition.left(reference);
      context.ungetService(reference);
    }

    private static Optional<String> lack(HostProbe probe) {
      try {
        return probe.missing();
      } catch (RuntimeException e) {
        return Optional.of("probe failed: " + e);
      }
    }
  }
}
