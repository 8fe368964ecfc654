// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.plugins.Contract;
import gantry.plugins.Handle;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginTraffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.AllServiceListener;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a {@link Handle} for each contract of each plugin. Safe for concurrent use; no lock is
 * held while a plugin's code runs.
 */
public final class Handles implements Traffic, PluginTraffic, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Handles.class);
  private static final String FILTER = "(" + Handle.PLUGIN + "=*)";

  private final BundleContext context;
  private final Timeouts timeouts;
  private final UnaryOperator<String> whyMissing;
  private final Map<Key, Slot<?>> slots = new ConcurrentHashMap<>();
  private final Watch watch = new Watch();
  private final Set<Long> held = ConcurrentHashMap.newKeySet();
  private final Admissions admissions;
  private final Latecomers latecomers;
  private final AllServiceListener services = this::changed;
  private final BundleListener bundles = (SynchronousBundleListener) this::changed;
  private volatile boolean stopping;

  /**
   * Makes handles for nothing yet.
   *
   * @param timeouts the longest wait of a call for a provider, and of a swap for calls
   * @param whyMissing says of a plugin why it does not serve
   */
  public Handles(BundleContext context, Timeouts timeouts, UnaryOperator<String> whyMissing) {
    this.context = context;
    this.timeouts = timeouts;
    this.whyMissing = whyMissing;
    this.admissions = new Admissions(context, held::contains);
    this.latecomers = new Latecomers(context, this::arrived);
  }

  /** Begins with the plugins that are there and goes on with those that come. */
  public void open() {
    context.addBundleListener(bundles);
    try {
      context.addServiceListener(services, FILTER);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    try {
      ServiceReference<?>[] present = context.getAllServiceReferences(null, FILTER);
      if (present != null) {
        Arrays.asList(present).forEach(this::arrived);
      }
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
    latecomers.open();
  }

  /** Takes up at once what could not be had when it came, and can now. */
  public void lookAgain() {
    latecomers.look();
  }

  /** Withdraws all handles. */
  @Override
  public void close() {
    stopping = true;
    context.removeServiceListener(services);
    context.removeBundleListener(bundles);
    latecomers.close();
    admissions.close();
    slots.values().forEach(Slot::withdraw);
    slots.clear();
    watch.close();
  }

  @Override
  public List<HandleStatus> handles() {
    return slots.values().stream()
        .<HandleStatus>mapMulti(
            (slot, statuses) -> {
              HandleStatus status = slot.status();
              if (status != null) {
                statuses.accept(status);
              }
            })
        .sorted(Comparator.comparing(HandleStatus::plugin).thenComparing(HandleStatus::contract))
        .toList();
  }

  @Override
  public void hold(long bundle) {
    held.add(bundle);
  }

  /** First all calls go to the new ones, only then anybody hears of what is new. */
  @Override
  public void move(long bundle) {
    held.remove(bundle);
    slots.values().forEach(slot -> slot.admit(bundle));
    slots.values().forEach(Slot::publish);
    admissions.publish(bundle);
  }

  @Override
  public boolean retire(long bundle, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    slots.values().forEach(slot -> slot.retire(bundle));
    List<Thread> servers = admissions.withdraw(bundle);
    boolean all = true;
    for (Slot<?> slot : slots.values()) {
      all &= slot.drained(bundle, left(end));
    }
    try {
      for (Thread server : servers) {
        all &= server.join(left(end));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return all;
  }

  @Override
  public void pause(long bundle) {
    slots.values().forEach(slot -> slot.pause(bundle));
  }

  @Override
  public void resume(long bundle) {
    slots.values().forEach(slot -> slot.resume(bundle));
    admissions.publish(bundle);
  }

  @Override
  public void forget(long bundle) {
    held.remove(bundle);
    slots.values().forEach(slot -> slot.forget(bundle));
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
  }

  private void changed(ServiceEvent event) {
    switch (event.getType()) {
      case ServiceEvent.REGISTERED, ServiceEvent.MODIFIED -> arrived(event.getServiceReference());
      case ServiceEvent.UNREGISTERING, ServiceEvent.MODIFIED_ENDMATCH ->
          left(event.getServiceReference());
      default -> {}
    }
  }

  private void changed(BundleEvent event) {
    long bundle = event.getBundle().getBundleId();
    if (event.getType() == BundleEvent.UNINSTALLED) {
      forget(bundle);
    } else if (event.getType() == BundleEvent.STOPPING && bundle == Constants.SYSTEM_BUNDLE_ID) {
      stopping = true;
      slots.values().forEach(Slot::giveUp);
    }
  }

  private void arrived(ServiceReference<?> reference) {
    boolean had = true;
    for (Class<?> contract : contracts(reference)) {
      had &= slot(contract, plugin(reference)).arrived(reference);
    }
    if (Admissions.concerns(reference)) {
      had &= admissions.arrived(reference);
    }
    if (had) {
      latecomers.forget(reference);
    } else {
      latecomers.expect(reference);
    }
  }

  private void left(ServiceReference<?> reference) {
    for (Class<?> contract : contracts(reference)) {
      Slot<?> slot = slots.get(new Key(contract.getName(), plugin(reference)));
      if (slot != null) {
        slot.left(reference, stopping);
      }
    }
    admissions.left(reference);
    latecomers.forget(reference);
  }

  private Slot<?> slot(Class<?> contract, String plugin) {
    return slots.computeIfAbsent(
        new Key(contract.getName(), plugin),
        key ->
            new Slot<>(
                context,
                key.contract(),
                new PluginHandle<>(key.contract(), key.plugin(), timeouts, whyMissing, watch),
                timeouts,
                held::contains));
  }

  private static String plugin(ServiceReference<?> reference) {
    return String.valueOf(reference.getProperty(Handle.PLUGIN));
  }

  private static List<Class<?>> contracts(ServiceReference<?> reference) {
    List<Class<?>> contracts = new ArrayList<>();
    if (reference.getProperty(Constants.OBJECTCLASS) instanceof String[] names) {
      for (String name : names) {
        Class<?> type = load(reference, name);
        if (type != null && type.isAnnotationPresent(Contract.class)) {
          contracts.add(type);
        }
      }
    }
    return contracts;
  }

  private static @Nullable Class<?> load(ServiceReference<?> reference, String name) {
    try {
      return reference.getBundle().loadClass(name);
    } catch (ClassNotFoundException | NullPointerException | IllegalStateException e) {
      LOG.debug("service {} has no class {} to offer", reference, name);
      return null;
    }
  }

  private record Key(String contract, String plugin) {}
}
