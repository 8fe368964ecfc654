// SPDX-License-Identifier: Apache-2.0
package gantry.boot;

import gantry.plugins.StopListener;
import java.util.Collection;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the stop listeners when the framework begins to stop, before it stops any bundle. */
final class StopSignal implements SynchronousBundleListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StopSignal.class);

  private final BundleContext context;

  StopSignal(BundleContext context) {
    this.context = context;
  }

  void open() {
    context.addBundleListener(this);
  }

  @Override
  public void close() {
    context.removeBundleListener(this);
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPING
        && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
      listeners().forEach(this::tell);
    }
  }

  private Collection<ServiceReference<StopListener>> listeners() {
    try {
      return context.getServiceReferences(StopListener.class, null);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private void tell(ServiceReference<StopListener> reference) {
    try {
      StopListener listener = context.getService(reference);
      if (listener != null) {
        listener.daemonStops();
      }
    } catch (RuntimeException e) { // the others must hear of it all the same
      LOG.warn("{} did not take the end of the daemon well", reference, e);
    } finally {
      context.ungetService(reference);
    }
  }
}
