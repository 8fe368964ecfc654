// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.plugins.Handle;
import java.time.Duration;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one contract of one plugin: its handle, and who provides it. The handle is published
 * with the first provider that can be had and withdrawn when there was none for a while.
 */
final class Slot<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Slot.class);
  private static final Set<String> OWN_PROPERTIES =
      Set.of(
          Constants.OBJECTCLASS,
          Constants.SERVICE_ID,
          Constants.SERVICE_SCOPE,
          Constants.SERVICE_BUNDLEID);

  private final BundleContext context;
  private final String contract;
  private final PluginHandle<T> handle;
  private final Timeouts timeouts;

  /** By age; the newest is the one that serves. */
  private final Map<ServiceReference<?>, Provider<T>> providers = new LinkedHashMap<>();

  private @Nullable ServiceRegistration<?> registration;
  private boolean publishing;
  private long lastBundle;

  Slot(BundleContext context, String contract, PluginHandle<T> handle, Timeouts timeouts) {
    this.context = context;
    this.contract = contract;
    this.handle = handle;
    this.timeouts = timeouts;
  }

  /** The bundle that provided last. */
  synchronized long lastBundle() {
    return lastBundle;
  }

  /** A provider came, or changed its properties. */
  void arrived(ServiceReference<?> reference) {
    Provider<T> provider = obtain(reference);
    if (provider == null) {
      return;
    }
    boolean first;
    ServiceRegistration<?> published;
    synchronized (this) {
      lastBundle = reference.getBundle() == null ? lastBundle : reference.getBundle().getBundleId();
      handle.switchTo(newest());
      published = registration;
      first = published == null && !publishing;
      publishing |= first;
    }
    if (first) {
      publish(reference);
    } else if (published != null) {
      setProperties(published, reference);
    }
  }

  /**
   * A provider goes: returns when no call is in it any more, or patience ends.
   *
   * @param stopping whether the daemon stops; then nobody comes after it
   */
  void left(ServiceReference<?> reference, boolean stopping) {
    Provider<T> provider;
    boolean last;
    synchronized (this) {
      provider = providers.remove(reference);
      if (provider == null) {
        return;
      }
      handle.switchTo(newest());
      last = providers.isEmpty();
    }
    Duration patience = timeouts.plugin();
    if (!provider.retire(patience)) {
      LOG.warn(
          "{} of {} goes while calls are still in it: they did not end within {}",
          contract,
          handle.plugin(),
          patience);
    }
    context.ungetService(reference);
    if (last && !stopping) {
      Thread.ofVirtual().name("handle-grace").start(this::withdrawUnlessReplaced);
    }
  }

  /** Its bundle is gone for good. */
  void abandon() {
    synchronized (this) {
      if (!providers.isEmpty()) {
        return;
      }
    }
    withdraw();
  }

  /** Nobody will provide it any more, so nobody shall wait. */
  void giveUp() {
    handle.close();
  }

  /** Takes the handle back. Idempotent. */
  void withdraw() {
    ServiceRegistration<?> published;
    synchronized (this) {
      published = registration;
      registration = null;
      publishing = false;
    }
    if (published != null) {
      try {
        published.unregister();
      } catch (IllegalStateException e) {
        LOG.debug("handle of {} went with the framework", handle.plugin());
      }
    }
  }

  private void withdrawUnlessReplaced() {
    if (!handle.awaitProvider(timeouts.plugin())) {
      abandon();
    }
  }

  private @Nullable Provider<T> obtain(ServiceReference<?> reference) {
    synchronized (this) {
      Provider<T> known = providers.get(reference);
      if (known != null) {
        return known;
      }
    }
    @SuppressWarnings("unchecked") // the reference was found by the contract's name
    T service = (T) context.getService(reference);
    if (service == null) {
      // Its constructor failed; the inventory tells why.
      return null;
    }
    synchronized (this) {
      return providers.computeIfAbsent(reference, key -> new Provider<>(service));
    }
  }

  private @Nullable Provider<T> newest() {
    Provider<T> newest = null;
    for (Provider<T> provider : providers.values()) {
      newest = provider;
    }
    return newest;
  }

  private void publish(ServiceReference<?> reference) {
    ServiceRegistration<?> fresh =
        context.registerService(Handle.class, handle, properties(reference));
    synchronized (this) {
      registration = fresh;
    }
  }

  private void setProperties(ServiceRegistration<?> published, ServiceReference<?> reference) {
    try {
      published.setProperties(properties(reference));
    } catch (IllegalStateException e) {
      LOG.debug("handle of {} was withdrawn meanwhile", handle.plugin());
    }
  }

  private Dictionary<String, ?> properties(ServiceReference<?> reference) {
    Map<String, Object> properties = new HashMap<>();
    for (String key : reference.getPropertyKeys()) {
      Object value = reference.getProperty(key);
      if (!OWN_PROPERTIES.contains(key) && !key.startsWith("component.") && value != null) {
        properties.put(key, value);
      }
    }
    properties.put(Handle.CONTRACT, contract);
    properties.put(Handle.PLUGIN, handle.plugin());
    return FrameworkUtil.asDictionary(properties);
  }
}
