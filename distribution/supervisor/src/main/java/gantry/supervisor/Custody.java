// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.safe.Kept;
import gantry.linux.safe.SafeClient;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the daemon keep duplicates of the descriptors that would be lost with this process, for the
 * supervisor after it. Whenever another daemon is there it gets them all. Nobody here waits for the
 * daemon: what is to be told is no more than the names of what changed. Safe for concurrent use.
 */
final class Custody implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Custody.class);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final @Nullable Path address;
  private final Map<String, Supplier<Map<Role, Fd>>> owners = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<String> dirty = new LinkedHashSet<>();
  private boolean nudged;
  private boolean closed;

  /** Of the thread alone. */
  private @Nullable SafeClient safe;

  private boolean complained;

  /**
   * Makes one that tells nobody before it is started.
   *
   * @param address of the daemon's safe; null for none
   */
  Custody(@Nullable Path address) {
    this.address = address;
  }

  /** From now on the daemon is told, and it lets go of what nobody has added by now. */
  void start() {
    if (address != null) {
      Thread.ofPlatform().name("custody").daemon().start(this::run);
      nudge();
    }
  }

  /** What the daemon has of processes of an earlier supervisor. To be closed. */
  static Estate estate(@Nullable Path address) {
    if (address == null) {
      return new Estate(null);
    }
    try {
      return new Estate(SafeClient.connect(address));
    } catch (IOException e) {
      LOG.debug("no daemon keeps descriptors: {}", e.toString());
      return new Estate(null);
    }
  }

  /** What was kept, by the names of processes. */
  record Estate(@Nullable SafeClient safe) implements Legacy.Source, AutoCloseable {
    @Override
    public Legacy of(ProcessName name) {
      if (safe == null) {
        return Legacy.NONE;
      }
      try {
        return safe.take(name.toString()).map(Estate::legacy).orElse(Legacy.NONE);
      } catch (IOException e) {
        LOG.warn("what is kept of {} cannot be had", name, e);
        return Legacy.NONE;
      }
    }

    private static Legacy legacy(Kept kept) {
      Map<Role, Fd> descriptors = new EnumMap<>(Role.class);
      String[] roles = kept.label().split(" ", -1);
      for (int i = 0; i < kept.descriptors().size(); i++) {
        descriptors.put(Role.valueOf(roles[i]), kept.descriptors().get(i));
      }
      return Legacy.of(descriptors);
    }

    @Override
    public void close() {
      if (safe != null) {
        safe.close();
      }
    }
  }

  /** From now on what belongs to a process is kept; its descriptors are asked for when needed. */
  void add(ProcessName name, Supplier<Map<Role, Fd>> descriptors) {
    if (address != null) {
      owners.put(name.toString(), descriptors);
      update(name);
    }
  }

  /** There is more or less that belongs to a process. */
  void update(ProcessName name) {
    lock.lock();
    try {
      if (address != null && !closed) {
        dirty.add(name.toString());
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The daemon has shown a sign of life. */
  void nudge() {
    if (address == null) {
      return;
    }
    lock.lock();
    try {
      nudged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    try {
      while (awaitWork()) {
        boolean connected = connect();
        while (connected) {
          Optional<String> name = next();
          if (name.isEmpty()) {
            break;
          }
          connected = tell(name.get());
        }
        if (!connected) {
          pause();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      disconnect();
    }
  }

  private boolean awaitWork() throws InterruptedException {
    lock.lock();
    try {
      while (dirty.isEmpty() && !nudged && !closed) {
        changed.await();
      }
      nudged = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  /** Without a daemon there is nobody to tell; a sign of life ends the pause. */
  private void pause() throws InterruptedException {
    lock.lock();
    try {
      long left = RETRY.toNanos();
      while (left > 0 && !nudged && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private Optional<String> next() {
    lock.lock();
    try {
      if (dirty.isEmpty()) {
        return Optional.empty();
      }
      String name = dirty.iterator().next();
      dirty.remove(name);
      return Optional.of(name);
    } finally {
      lock.unlock();
    }
  }

  /** Connects to the daemon that is there now; a new one gets everything. */
  private boolean connect() {
    SafeClient known = safe;
    if (known != null && known.isCurrent()) {
      return true;
    }
    disconnect();
    Path path = address;
    if (path == null) {
      return false;
    }
    try {
      SafeClient fresh = SafeClient.connect(path);
      safe = fresh;
      for (String name : owners.keySet()) {
        if (!tell(name)) {
          return false;
        }
      }
      fresh.sweep();
      return true;
    } catch (IOException e) {
      LOG.debug("descriptors wait for a daemon: {}", e.toString());
      disconnect();
      return false;
    }
  }

  /** Returns whether the daemon is still there. */
  private boolean tell(String name) {
    SafeClient known = safe;
    if (known == null) {
      return false;
    }
    Supplier<Map<Role, Fd>> owner = owners.get(name);
    Map<Role, Fd> descriptors = owner == null ? Map.of() : owner.get();
    try {
      if (descriptors.isEmpty()) {
        // it only ever becomes less
        owners.remove(name);
        known.drop(name);
      } else {
        String label = String.join(" ", descriptors.keySet().stream().map(Role::name).toList());
        known.put(name, label, List.copyOf(descriptors.values()));
      }
      return true;
    } catch (ClosedChannelException e) {
      // one of them was closed meanwhile: that is told next
      update(name);
      return known.isCurrent();
    } catch (IOException e) {
      if (!complained) {
        complained = true;
        LOG.warn("descriptors of {} are not kept by the daemon: {}", name, e.getMessage());
      }
      return known.isCurrent();
    }
  }

  private void update(String name) {
    lock.lock();
    try {
      dirty.add(name);
    } finally {
      lock.unlock();
    }
  }

  private void disconnect() {
    SafeClient known = safe;
    if (known != null) {
      known.close();
      safe = null;
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
