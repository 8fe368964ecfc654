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

/** Asks each probe once and registers the condition it stands for, or remembers why not. */
public final class HostConditions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HostConditions.class);

  private final BundleContext context;
  private final Map<String, String> missing = new ConcurrentHashMap<>();
  private final ServiceTracker<HostProbe, Answer> tracker;

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
    return Optional.ofNullable(missing.get(condition));
  }

  /** Registers a condition. */
  public static ServiceRegistration<Condition> register(BundleContext context, String condition) {
    return context.registerService(
        Condition.class,
        Condition.INSTANCE,
        FrameworkUtil.asDictionary(Map.of(Condition.CONDITION_ID, condition)));
  }

  private record Answer(String condition, @Nullable ServiceRegistration<Condition> registration) {}

  private final class Asking implements ServiceTrackerCustomizer<HostProbe, Answer> {
    @Override
    public @Nullable Answer addingService(ServiceReference<HostProbe> reference) {
      HostProbe probe = context.getService(reference);
      return probe == null ? null : ask(probe);
    }

    @Override
    public void modifiedService(ServiceReference<HostProbe> reference, Answer answer) {}

    @Override
    public void removedService(ServiceReference<HostProbe> reference, Answer answer) {
      missing.remove(answer.condition());
      ServiceRegistration<Condition> registration = answer.registration();
      if (registration != null) {
        registration.unregister();
      }
      context.ungetService(reference);
    }

    private Answer ask(HostProbe probe) {
      String condition = probe.condition();
      Optional<String> lack = lack(probe);
      if (lack.isPresent()) {
        missing.put(condition, lack.get());
        LOG.info("host lacks {}: {}", condition, lack.get());
        return new Answer(condition, null);
      }
      return new Answer(condition, register(context, condition));
    }

    private Optional<String> lack(HostProbe probe) {
      try {
        return probe.missing();
      } catch (RuntimeException e) {
        return Optional.of("probe failed: " + e);
      }
    }
  }
}
