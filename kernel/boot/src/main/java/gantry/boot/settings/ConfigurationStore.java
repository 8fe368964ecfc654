// SPDX-License-Identifier: Apache-2.0
package gantry.boot.settings;

import gantry.boot.config.DaemonConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.cm.ConfigurationEvent;
import org.osgi.service.cm.ConfigurationListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands tables to the configuration admin, which tells the component runtime of each in a thread of
 * its own, one after another. A table of nobody's that is sent after the others thus arrives when
 * every component has been stopped and started with its new one. Safe for concurrent use.
 */
public final class ConfigurationStore implements AutoCloseable {
  /** Tables for this location can be had by bundles from anywhere. */
  private static final String ANY_BUNDLE = "?";

  /** The table of nobody's. */
  private static final String MARK = "gantry.mark";

  private static final Duration INTERRUPT_EVERY = Duration.ofMillis(100);
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationStore.class);

  private final ConfigurationAdmin admin;
  private final ServiceRegistration<ConfigurationListener> registration;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private long sent;
  private long arrived;

  /** The thread that starts components with their tables. */
  private @Nullable Thread teller;

  /** Finds the configuration admin, which must have started before. */
  public ConfigurationStore(BundleContext context) {
    ServiceReference<ConfigurationAdmin> reference =
        context.getServiceReference(ConfigurationAdmin.class);
    ConfigurationAdmin found = reference == null ? null : context.getService(reference);
    if (found == null) {
      throw new IllegalStateException("the configuration admin must start before the kernel");
    }
    admin = found;
    registration =
        context.registerService(
            ConfigurationListener.class, this::told, FrameworkUtil.asDictionary(Map.of()));
  }

  /** Sends all tables of a configuration. */
  public void feed(DaemonConfig config) throws IOException {
    Map<String, Map<String, Object>> tables = Tables.of(config);
    send(tables.keySet(), tables);
  }

  /** Sends the tables of these PIDs; of one that has none, that it has none. */
  void send(Set<String> pids, Map<String, Map<String, Object>> tables) throws IOException {
    for (String pid : pids) {
      Map<String, Object> table = tables.get(pid);
      Configuration configuration = admin.getConfiguration(pid, ANY_BUNDLE);
      if (table == null) {
        configuration.delete();
      } else {
        configuration.update(FrameworkUtil.asDictionary(table));
      }
    }
  }

  /** Waits until all that was sent before has arrived; false if it did not in time. */
  boolean awaitArrival(Duration time) throws IOException, InterruptedException {
    long mark = nextMark();
    admin.getConfiguration(MARK, ANY_BUNDLE).update(FrameworkUtil.asDictionary(Map.of(MARK, mark)));
    lock.lock();
    try {
      long left = time.toNanos();
      while (arrived < mark && left > 0) {
        left = arrival.awaitNanos(left);
      }
      return arrived >= mark;
    } finally {
      lock.unlock();
    }
  }

  private long nextMark() {
    lock.lock();
    try {
      sent++;
      return sent;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes components give up that hang while they start, those that heed being interrupted. The
   * component runtime may try each more than once, so this goes on until all was sent has arrived.
   */
  void interrupt(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long end = System.nanoTime() + time.toNanos();
      while (arrived < sent && teller != null && System.nanoTime() < end) {
        teller.interrupt();
        boolean told = arrival.await(INTERRUPT_EVERY.toNanos(), TimeUnit.NANOSECONDS);
        LOG.debug("interrupted {}; all arrived: {}", teller, told);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    registration.unregister();
  }

  private void told(ConfigurationEvent event) {
    lock.lock();
    try {
      teller = Thread.currentThread();
      if (event.getPid().equals(MARK)) {
        arrived++;
        arrival.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
