// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Services that could not be had when they came, because their component failed to start. If it
 * does start later its service is the same, and nobody is told but who listens to the component
 * runtime's count of changes. Safe for concurrent use; costs nothing while all could be had.
 */
final class Latecomers implements AutoCloseable {
  private final Consumer<ServiceReference<?>> arrived;
  private final BundleContext context;
  private final Set<ServiceReference<?>> expected = ConcurrentHashMap.newKeySet();
  private final ServiceTracker<ServiceComponentRuntime, ServiceComponentRuntime> runtime;
  private final ServiceListener changes = this::changed;

  /**
   * Expects nobody.
   *
   * @param arrived is told of those that can be had now
   */
  Latecomers(BundleContext context, Consumer<ServiceReference<?>> arrived) {
    this.context = context;
    this.arrived = arrived;
    this.runtime = new ServiceTracker<>(context, ServiceComponentRuntime.class, null);
  }

  void open() {
    runtime.open();
    context.addServiceListener(changes);
  }

  @Override
  public void close() {
    context.removeServiceListener(changes);
    runtime.close();
  }

  void expect(ServiceReference<?> reference) {
    expected.add(reference);
  }

  void forget(ServiceReference<?> reference) {
    expected.remove(reference);
  }

  /** Never asks for a service that would make its component try again: that is the runtime's. */
  void look() {
    for (ServiceReference<?> reference : Set.copyOf(expected)) {
      if (starts(reference) && expected.remove(reference)) {
        arrived.accept(reference);
      }
    }
  }

  private void changed(ServiceEvent event) {
    if (!expected.isEmpty()
        && event.getType() == ServiceEvent.MODIFIED
        && event.getServiceReference().equals(runtime.getServiceReference())) {
      // Not in the runtime's own thread: whoever waits for these starts in this one.
      Thread.ofVirtual().name("handle-latecomers").start(this::look);
    }
  }

  private boolean starts(ServiceReference<?> reference) {
    ServiceComponentRuntime components = runtime.getService();
    Bundle bundle = reference.getBundle();
    if (components == null
        || bundle == null
        || !(reference.getProperty("component.name") instanceof String name)) {
      return false;
    }
    Object id = reference.getProperty("component.id");
    ComponentDescriptionDTO description = components.getComponentDescriptionDTO(bundle, name);
    return description != null
        && components.getComponentConfigurationDTOs(description).stream()
            .anyMatch(
                component ->
                    component.state == ComponentConfigurationDTO.ACTIVE
                        && Long.valueOf(component.id).equals(id));
  }
}
