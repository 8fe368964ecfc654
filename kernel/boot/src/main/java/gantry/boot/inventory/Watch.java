// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleListener;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the plugins whenever something may have changed with them: a moment after it is quiet
 * again, or every now and then while it is not. So a start costs one look, after it.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);

  /** Plugins and handles, conditions, and the component runtime, which counts its changes. */
  private static final String FILTER =
      "(|(plugin=*)(osgi.condition.id=*)"
          + "(objectClass=org.osgi.service.component.runtime.ServiceComponentRuntime))";

  private static final Duration QUIET = Duration.ofMillis(500);
  private static final Duration LATEST = Duration.ofSeconds(3);

  private final BundleContext context;
  private final Runnable hint;
  private final Runnable look;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ServiceListener services = event -> changed();
  private final BundleListener bundles = event -> changed();
  private final Thread thread;
  private boolean dirty;
  private long first;
  private long last;

  /**
   * Does nothing yet.
   *
   * @param hint called at once, cheap
   * @param look called a moment later, in a thread of its own
   */
  Watch(BundleContext context, Runnable hint, Runnable look) {
    this.context = context;
    this.hint = hint;
    this.look = look;
    this.thread = Thread.ofVirtual().name("inventory-watch").unstarted(this::run);
  }

  void open() {
    thread.start();
    context.addBundleListener(bundles);
    try {
      context.addServiceListener(services, FILTER);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    context.removeServiceListener(services);
    context.removeBundleListener(bundles);
    thread.interrupt();
  }

  private void changed() {
    hint.run();
    lock.lock();
    try {
      last = System.nanoTime();
      if (!dirty) {
        dirty = true;
        first = last;
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (true) {
        awaitQuiet();
        tryLook();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tryLook() {
    try {
      look.run();
    } catch (RuntimeException e) {
      LOG.debug("look at the plugins: {}", e.toString());
    }
  }

  private void awaitQuiet() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!dirty) {
        changed.await();
      }
      long left = left();
      while (left > 0) {
        left = Math.max(changed.awaitNanos(left), left());
      }
      dirty = false;
    } finally {
      lock.unlock();
    }
  }

  private long left() {
    long now = System.nanoTime();
    return Math.min(last + QUIET.toNanos() - now, first + LATEST.toNanos() - now);
  }
}
