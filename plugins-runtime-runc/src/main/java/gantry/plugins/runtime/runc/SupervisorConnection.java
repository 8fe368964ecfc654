// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.errors.UnavailableException;
import gantry.ttrpc.TtrpcClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the supervisor. It is made anew when it breaks, and the supervisor is started
 * if none serves: at most one attempt at a time, with growing pauses, and after many failures only
 * when somebody asks again. Safe for concurrent use.
 */
final class SupervisorConnection implements AutoCloseable {
  /** Makes a supervisor serve. */
  @FunctionalInterface
  interface Starter {
    void start() throws IOException, InterruptedException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(SupervisorConnection.class);
  private static final int ATTEMPTS_MAX = 12;
  private static final long PAUSE_MIN_MILLIS = 100;
  private static final long PAUSE_MAX_MILLIS = 10_000;

  private final Path socket;
  private final Starter starter;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile Runnable connected = () -> {};
  private final Set<TtrpcClient> retired = new HashSet<>();
  private @Nullable TtrpcClient client;
  private @Nullable Exception failure;
  private int failures;
  private boolean wanted;
  private boolean keeping;
  private boolean ending;
  private boolean closed;

  SupervisorConnection(Path socket, Starter starter) {
    this.socket = socket;
    this.starter = starter;
  }

  /** What to run after each time a connection was made. */
  void whenConnected(Runnable action) {
    connected = action;
  }

  /**
   * Sees to it that there is a connection before somebody needs it.
   *
   * @param delay until the first attempt; the first caller does not wait for it
   */
  void openLater(Duration delay) {
    lock.lock();
    try {
      keep(delay.toMillis());
    } finally {
      lock.unlock();
    }
  }

  /**
   * A client that was connected a moment ago.
   *
   * @param limit the longest wait for one
   * @param patient whether to go on waiting after an attempt to connect has failed
   * @throws UnavailableException if there is none; it says why
   */
  TtrpcClient client(Duration limit, boolean patient) throws InterruptedException {
    long left = limit.toNanos();
    lock.lockInterruptibly();
    try {
      int seen = failures;
      while (true) {
        if (closed) {
          throw new UnavailableException("call supervisor: the runtime plugin has stopped");
        }
        TtrpcClient current = client;
        if (current != null && current.isOpen()) {
          return current;
        }
        // One that is being started is waited for: nobody else would tell it to end.
        if (ending && !keeping) {
          throw new UnavailableException("call supervisor: the daemon stops");
        }
        wanted = true;
        changed.signalAll();
        keep(0);
        if (left <= 0 || (!patient && failures != seen)) {
          throw new UnavailableException("call supervisor: " + reason(limit), failure);
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** From now on a supervisor that goes stays away; calls are served as long as it is there. */
  void expectEnd() {
    lock.lock();
    try {
      ending = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A call on this client failed as if its connection had broken: never hand it out again. Others
   * may still be answered on it.
   */
  void discard(TtrpcClient broken) {
    lock.lock();
    try {
      if (client == broken) {
        client = null;
      }
      retired.removeIf(TtrpcClient::isClosed);
      retired.add(broken);
    } finally {
      lock.unlock();
    }
    broken.retire();
  }

  /** Whether this was closed; then there will be no client again. */
  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private boolean isEnding() {
    lock.lock();
    try {
      return ending;
    } finally {
      lock.unlock();
    }
  }

  private String reason(Duration limit) {
    Exception last = failure;
    return last == null
        ? "no connection to %s in %s".formatted(socket, limit)
        : String.valueOf(last.getMessage());
  }

  /** Whether calls can be made. Called with the lock held. */
  private boolean isConnected() {
    return client != null && client.isOpen();
  }

  /** Sees to it that a thread connects. Called with the lock held. */
  private void keep(long delayMillis) {
    if (!keeping && !ending && !closed && !isConnected()) {
      keeping = true;
      Thread.ofVirtual().name("supervisor-connection").start(() -> connect(delayMillis));
    }
  }

  private void connect(long delayMillis) {
    pause(delayMillis, true);
    long pause = PAUSE_MIN_MILLIS;
    for (int attempt = 1; !attempt(); attempt++) {
      if (isEnding() || attempt == ATTEMPTS_MAX || !pause(pause, false)) {
        break;
      }
      pause = Math.min(2 * pause, PAUSE_MAX_MILLIS);
    }
    lock.lock();
    try {
      keeping = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean attempt() {
    try {
      boolean done = accept(dial(), null);
      // it calls, which may wait until an upgrade is over, and that for a further connection
      Thread.ofVirtual().name("supervisor-greeting").start(connected);
      return done;
    } catch (IOException | UnavailableException e) {
      return accept(null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return accept(null, e);
    }
  }

  private TtrpcClient dial() throws IOException, InterruptedException {
    try {
      return TtrpcClient.connect(socket, this::lost);
    } catch (IOException e) {
      LOG.debug("no supervisor serves {}: {}", socket, e.toString());
    }
    if (isEnding()) {
      throw new UnavailableException("start supervisor: the daemon stops");
    }
    starter.start();
    return TtrpcClient.connect(socket, this::lost);
  }

  /** Notes the outcome of an attempt; returns whether there is nothing more to do. */
  private boolean accept(@Nullable TtrpcClient made, @Nullable Exception failed) {
    lock.lock();
    try {
      if (closed) {
        if (made != null) {
          made.close();
        }
        return true;
      }
      if (failed != null) {
        failures++;
        if (failures == 1 && !ending) {
          LOG.warn("connect to supervisor: will be tried again: {}", failed.getMessage());
        }
      } else {
        failures = 0;
        client = made;
      }
      failure = failed;
      changed.signalAll();
      return made != null;
    } finally {
      lock.unlock();
    }
  }

  /** Waits, but not beyond the close, or a first caller; returns whether to go on. */
  private boolean pause(long millis, boolean untilWanted) {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while (!closed && !ending && left > 0 && !(untilWanted && wanted)) {
        left = changed.awaitNanos(left);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** The containers need a supervisor even if nobody calls: it tells of their ends. */
  private void lost() {
    lock.lock();
    try {
      if (!closed && !ending && !isConnected()) {
        LOG.warn("connection to supervisor is lost, making another");
        keep(0);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    List<TtrpcClient> last;
    lock.lock();
    try {
      closed = true;
      last = new ArrayList<>(retired);
      if (client != null) {
        last.add(client);
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    last.forEach(TtrpcClient::close);
  }
}
