// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import gantry.plugins.Admitted;
import io.grpc.BindableService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/**
 * A listener whose plugin has given way, with the streams that are left on it. It belongs to the
 * framework rather than to its bundle, which may be gone long before: it hears of services until
 * its last call ends, {@link #BOUND} is over or the daemon stops; then nothing of it is left.
 */
final class RetiredListener
    implements ServiceTrackerCustomizer<Object, BindableService>, SynchronousBundleListener {
  /** How long a stream may go on in a version that has given way. */
  static final Duration BOUND = Duration.ofHours(24);

  private final GrpcListener listener;
  private final Services services;
  private final BundleContext framework;
  private final ServiceTracker<Object, BindableService> tracker;

  RetiredListener(GrpcListener listener, Services services, BundleContext framework) {
    this.listener = listener;
    this.services = services;
    this.framework = framework;
    try {
      this.tracker =
          new ServiceTracker<>(
              framework,
              FrameworkUtil.createFilter(
                  "(&(objectClass=%s)%s)".formatted(Admitted.class.getName(), Services.TARGET)),
              this);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins, in a thread of its own. */
  void begin() {
    tracker.open();
    framework.addBundleListener(this);
    Thread.ofVirtual().name("grpc-retired").start(this::run);
  }

  private void run() {
    try {
      listener.awaitEnd(BOUND);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      listener.close();
      try {
        framework.removeBundleListener(this);
        tracker.close();
      } catch (IllegalStateException frameworkIsGone) {
        // and with it what was to be removed
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPING
        && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
      listener.close();
    }
  }

  @Override
  public @Nullable BindableService addingService(ServiceReference<Object> reference) {
    if (framework.getService(reference) instanceof Admitted<?> admitted
        && admitted.provider() instanceof BindableService service) {
      Map<String, Object> properties = new HashMap<>();
      for (String key : reference.getPropertyKeys()) {
        properties.put(key, reference.getProperty(key));
      }
      services.add(service, properties);
      return service;
    }
    return null;
  }

  @Override
  public void modifiedService(ServiceReference<Object> reference, BindableService service) {}

  @Override
  public void removedService(ServiceReference<Object> reference, BindableService service) {
    services.remove(service);
    framework.ungetService(reference);
  }
}
