// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import gantry.plugins.Admitted;
import gantry.plugins.Handle;
import gantry.plugins.Takeover;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each {@link Takeover} when it was admitted to serve, and when that ends. */
public final class Takeovers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Takeovers.class);

  private final BundleContext context;
  private final ServiceTracker<Object, Takeover> tracker;

  /** Tells nobody yet. */
  public Takeovers(BundleContext context) {
    this.context = context;
    try {
      this.tracker =
          new ServiceTracker<>(
              context,
              FrameworkUtil.createFilter(
                  "(&(objectClass=%s)(%s=%s))"
                      .formatted(
                          Admitted.class.getName(), Handle.CONTRACT, Takeover.class.getName())),
              new Telling());
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Begins with those that are there and goes on with those that come. */
  public void open() {
    tracker.open();
  }

  @Override
  public void close() {
    tracker.close();
  }

  private static void tell(ServiceReference<?> reference, String what, Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) { // the kernel goes on with the others
      LOG.error("plugin {} cannot {}", reference.getProperty(Handle.PLUGIN), what, e);
    }
  }

  private final class Telling implements ServiceTrackerCustomizer<Object, Takeover> {
    @Override
    public @Nullable Takeover addingService(ServiceReference<Object> reference) {
      if (context.getService(reference) instanceof Admitted<?> admitted
          && admitted.provider() instanceof Takeover takeover) {
        tell(reference, "take over", takeover::takeOver);
        return takeover;
      }
      return null;
    }

    @Override
    public void modifiedService(ServiceReference<Object> reference, Takeover takeover) {}

    @Override
    public void removedService(ServiceReference<Object> reference, Takeover takeover) {
      tell(reference, "give way", takeover::giveWay);
      context.ungetService(reference);
    }
  }
}
