// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.plugins.Handle;
import gantry.plugins.HandleStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one contract of one plugin: its handle, and who provides it. The handle is published
 * with the first provider that may serve and withdrawn when there was none for a while. The lock is
 * never held while anybody's code runs.
 */
final class Slot<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Slot.class);

  /** No bundle's id. */
  private static final long NOBODY = -1;

  private final BundleContext context;
  private final String contract;
  private final PluginHandle<T> handle;
  private final Timeouts timeouts;
  private final LongPredicate held;

  /** In the order in which they began to serve; the last that can is the one that does. */
  private final Map<ServiceReference<?>, Provider<T>> providers = new LinkedHashMap<>();

  private @Nullable ServiceRegistration<?> registration;
  private boolean publishing;
  private long lastBundle = NOBODY;
  private long paused = NOBODY;

  /**
   * A place with nobody in it.
   *
   * @param timeouts how long the handle stays without a provider, and a provider that goes for its
   *     calls
   * @param held whether a bundle may not serve yet, by its id
   */
  Slot(
      BundleContext context,
      String contract,
      PluginHandle<T> handle,
      Timeouts timeouts,
      LongPredicate held) {
    this.context = context;
    this.contract = contract;
    this.handle = handle;
    this.timeouts = timeouts;
    this.held = held;
  }

  /** A provider came, or changed its properties; false if it could not be had. */
  boolean arrived(ServiceReference<?> reference) {
    boolean known;
    synchronized (this) {
      known = providers.containsKey(reference);
    }
    if (!known && !obtain(reference)) {
      return false;
    }
    publish();
    return true;
  }

  /** From now on the providers of a bundle serve, whatever they did before. */
  void admit(long bundle) {
    synchronized (this) {
      Map<ServiceReference<?>, Provider<T>> admitted = new LinkedHashMap<>();
      providers.forEach(
          (reference, provider) -> {
            if (provider.bundle() == bundle) {
              admitted.put(reference, provider.admitted());
            }
          });
      if (admitted.isEmpty()) {
        return;
      }
      providers.keySet().removeAll(admitted.keySet());
      providers.putAll(admitted);
      paused = NOBODY;
      settle();
    }
  }

  /** The providers of a bundle get no new calls. */
  void retire(long bundle) {
    synchronized (this) {
      boolean any = false;
      for (Provider<T> provider : providers.values()) {
        if (provider.bundle() == bundle) {
          provider.retire();
          any = true;
        }
      }
      if (any) {
        settle();
      }
    }
  }

  /**
   * Waits for the calls in the providers of a bundle that are retired.
   *
   * @return whether they ended in time
   */
  boolean drained(long bundle, Duration time) {
    List<Provider<T>> retired;
    synchronized (this) {
      retired = providers.values().stream().filter(p -> p.bundle() == bundle).toList();
    }
    long end = System.nanoTime() + time.toNanos();
    boolean all = true;
    for (Provider<T> provider : retired) {
      all &= provider.awaitDrained(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }
    return all;
  }

  /** How calls go; null if the handle is not published. */
  @Nullable HandleStatus status() {
    List<Provider<T>> all;
    synchronized (this) {
      if (registration == null) {
        return null;
      }
      all = List.copyOf(providers.values());
    }
    return handle.status(all);
  }

  /** Callers wait if this bundle is the one they would reach. */
  void pause(long bundle) {
    synchronized (this) {
      if (lastBundle == bundle) {
        paused = bundle;
        settle();
      }
    }
  }

  /** What a bundle still provides serves again, whether it was paused or retired. */
  void resume(long bundle) {
    boolean alone;
    synchronized (this) {
      providers.replaceAll(
          (_, provider) -> provider.bundle() == bundle ? provider.renewed() : provider);
      boolean ended = paused == bundle;
      if (ended) {
        paused = NOBODY;
      }
      settle();
      alone = ended && newest() == null;
    }
    publish();
    if (alone) {
      grace();
    }
  }

  /** A bundle is gone for good. */
  void forget(long bundle) {
    boolean abandoned;
    synchronized (this) {
      if (paused == bundle) {
        paused = NOBODY;
        settle();
      }
      abandoned = lastBundle == bundle && newest() == null;
    }
    if (abandoned) {
      withdraw();
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
      settle();
      last = newest() == null && paused == NOBODY && registration != null;
    }
    Duration patience = timeouts.plugin();
    provider.retire();
    if (!provider.awaitDrained(patience)) {
      LOG.warn(
          "{} of {} goes while calls are still in it: they did not end within {}",
          contract,
          handle.plugin(),
          patience);
    }
    context.ungetService(reference);
    if (last && !stopping) {
      grace();
    }
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
      Published.withdraw(published);
    }
  }

  /** Publishes the handle, or tells of what changed in the one who serves. */
  void publish() {
    ServiceReference<?> reference;
    ServiceRegistration<?> published;
    synchronized (this) {
      reference = newest();
      published = registration;
      if (reference == null || (published == null && publishing)) {
        return;
      }
      publishing = true;
    }
    Map<String, Object> properties = Published.properties(reference, contract, handle.plugin());
    if (published != null) {
      Published.change(published, properties);
      return;
    }
    ServiceRegistration<?> fresh =
        context.registerService(Handle.class, handle, FrameworkUtil.asDictionary(properties));
    synchronized (this) {
      registration = fresh;
    }
  }

  private void grace() {
    Thread.ofVirtual().name("handle-grace").start(this::withdrawUnlessReplaced);
  }

  private void withdrawUnlessReplaced() {
    if (handle.awaitProvider()) {
      return;
    }
    synchronized (this) {
      if (newest() != null || paused != NOBODY) {
        return;
      }
    }
    withdraw();
  }

  private boolean obtain(ServiceReference<?> reference) {
    @SuppressWarnings("unchecked") // the reference was found by the contract's name
    T service = (T) context.getService(reference);
    if (service == null) {
      // Its constructor failed; the inventory tells why.
      return false;
    }
    long bundle = Provider.bundle(reference);
    synchronized (this) {
      if (!providers.containsKey(reference)) {
        boolean holds = held.test(bundle);
        providers.put(reference, handle.provider(service, bundle, holds));
        if (!holds) {
          paused = NOBODY;
        }
        settle();
      }
    }
    return true;
  }

  /** Lets calls go where they belong now. */
  private void settle() {
    ServiceReference<?> newest = newest();
    Provider<T> provider = newest == null ? null : providers.get(newest);
    if (provider != null) {
      lastBundle = provider.bundle();
    }
    handle.switchTo(provider, paused != NOBODY);
  }

  private @Nullable ServiceReference<?> newest() {
    ServiceReference<?> newest = null;
    if (paused == NOBODY) {
      for (Map.Entry<ServiceReference<?>, Provider<T>> each : providers.entrySet()) {
        newest = each.getValue().serves() ? each.getKey() : newest;
      }
    }
    return newest;
  }
}
