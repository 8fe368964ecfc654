// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.condition.Condition;

/**
 * One condition and what each of its probes says. It is registered once, while any finds that the
 * host has it. Safe for concurrent use; who waits for it is told without a lock.
 */
final class HostCondition {
  private final String id;

  /** What the host lacks by each probe's word; empty for one that found it. */
  private final Map<ServiceReference<?>, Optional<String>> answers = new LinkedHashMap<>();

  private @Nullable ServiceRegistration<Condition> registration;
  private boolean registering;

  HostCondition(String id) {
    this.id = id;
  }

  /** Why the host lacks it; empty if it has it, or nobody probes it now. */
  synchronized Optional<String> missing() {
    return met() ? Optional.empty() : answers.values().stream().findFirst().flatMap(lack -> lack);
  }

  /** A probe has answered. */
  void answered(BundleContext context, ServiceReference<?> probe, Optional<String> lack) {
    synchronized (this) {
      answers.put(probe, lack);
      if (!met() || registering) {
        return;
      }
      registering = true;
    }
    ServiceRegistration<Condition> fresh = HostConditions.register(context, id);
    synchronized (this) {
      registration = fresh;
    }
    withdrawUnlessMet();
  }

  /** A probe is gone, and its answer with it. */
  void left(ServiceReference<?> probe) {
    synchronized (this) {
      answers.remove(probe);
    }
    withdrawUnlessMet();
  }

  private void withdrawUnlessMet() {
    ServiceRegistration<Condition> gone;
    synchronized (this) {
      gone = registration;
      if (gone == null || met()) {
        return;
      }
      registration = null;
      registering = false;
    }
    gone.unregister();
  }

  private boolean met() {
    return answers.containsValue(Optional.<String>empty());
  }
}
