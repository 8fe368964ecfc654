// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskRuntime.TaskName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which shim serves which task. What is known of that is on disk; connections are made when they
 * are first needed, one for each address, however many tasks share it. Safe for concurrent use.
 */
final class Shims implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shims.class);
  private static final int LOADING_MAX = 64;
  private static final int STRIPES = 64;

  private final ShimLinks links;
  private final ShimLogs logs;
  private final TimeLimits limits;
  private final Consumer<TaskName> lost;
  private final Map<String, Shim> byAddress = new ConcurrentHashMap<>();
  private final Map<TaskName, Shim> byTask = new ConcurrentHashMap<>();
  private final ReentrantLock[] connecting =
      IntStream.range(0, STRIPES).mapToObj(i -> new ReentrantLock()).toArray(ReentrantLock[]::new);
  private final List<TaskName> found;
  private volatile boolean closed;

  /**
   * Knows what is on disk.
   *
   * @param lost told of each task whose shim has died
   */
  Shims(ShimLinks links, ShimLogs logs, TimeLimits limits, Consumer<TaskName> lost) {
    this.links = links;
    this.logs = logs;
    this.limits = limits;
    this.lost = lost;
    this.found = links.list();
  }

  /** Connects to the shims of all tasks found at first, side by side: the end of any is seen. */
  void load() {
    Semaphore slots = new Semaphore(LOADING_MAX);
    for (TaskName task : found) {
      slots.acquireUninterruptibly();
      Thread.ofVirtual()
          .name("shim-load-" + task.id())
          .start(
              () -> {
                try {
                  load(task);
                } finally {
                  slots.release();
                }
              });
    }
  }

  /** Connects to the shim of one task; forgets a task whose bundle is gone. */
  void load(TaskName task) {
    try {
      if (links.find(task).isEmpty()) {
        links.remove(task);
        return;
      }
      of(task).greet(task);
    } catch (NotFoundException e) {
      LOG.info("shim of task {} in namespace {} is gone", task.id(), task.namespace());
      lost.accept(task);
    } catch (GantryException e) {
      LOG.warn("load shim of task {} in namespace {}", task.id(), task.namespace(), e);
    }
  }

  /**
   * The shim of a task.
   *
   * @throws NotFoundException if there is no such task, or its shim is gone
   */
  Shim of(TaskName task) {
    Shim known = byTask.get(task);
    if (known != null && known.isOpen()) {
      return known;
    }
    ShimFiles files = links.find(task).orElseThrow(() -> absent(task));
    return join(task, files, files.bootstrap().orElseThrow(() -> absent(task)));
  }

  /** As {@link #of} with what a shim said at its start. */
  Shim join(TaskName task, ShimFiles files, Bootstrap bootstrap) {
    Shim shim = connect(bootstrap);
    if (shim.tasks().add(task)) {
      logs.open(task.id(), files.log());
    }
    byTask.put(task, shim);
    if (!shim.isOpen()) {
      // It may have ended before it knew of this task; then nobody else puts this right.
      forget(task, shim);
      throw new NotFoundException("task %s: its shim is gone".formatted(task.id()));
    }
    return shim;
  }

  private Shim connect(Bootstrap bootstrap) {
    String address = bootstrap.address();
    ReentrantLock lock = connecting[Math.floorMod(address.hashCode(), STRIPES)];
    lock.lock();
    try {
      if (closed) {
        throw new UnavailableException("connect to shim: the runtime plugin has stopped");
      }
      Shim known = byAddress.get(address);
      if (known != null && known.isOpen()) {
        return known;
      }
      Shim made = Shim.connect(bootstrap, limits, this::ended);
      byAddress.put(address, made);
      return made;
    } finally {
      lock.unlock();
    }
  }

  private void ended(Shim shim) {
    byAddress.remove(shim.address(), shim);
    for (TaskName task : shim.tasks()) {
      forget(task, shim);
      if (!shim.isLeaving() && !closed) {
        LOG.info("shim of task {} in namespace {} disconnected", task.id(), task.namespace());
        lost.accept(task);
      }
    }
  }

  private void forget(TaskName task, Shim shim) {
    byTask.remove(task, shim);
    links.find(task).map(ShimFiles::log).ifPresent(logs::close);
  }

  /**
   * A task is gone: its shim ends with the last unless a sandbox keeps it, and all there is to know
   * of the task as well.
   */
  void leave(TaskName task) {
    Optional<ShimFiles> files = links.find(task);
    boolean isSandboxed = files.map(ShimFiles::isSandboxed).orElse(false);
    Optional<Shim> shim = Optional.ofNullable(byTask.get(task));
    shim.ifPresent(s -> leave(task, s, isSandboxed));
    files.map(ShimFiles::log).ifPresent(logs::close);
    links.remove(task);
  }

  private void leave(TaskName task, Shim shim, boolean isSandboxed) {
    shim.tasks().remove(task);
    byTask.remove(task, shim);
    if (!isSandboxed
        && shim.isOpen()
        && shim.tasks().isEmpty()
        && !isShared(task, shim.address())) {
      if (!shim.shutdown(task)) {
        LOG.warn("shim at {} of task {} does not end", shim.address(), task.id());
      }
    }
  }

  /** Whether another task has the same shim, which this instance need not have met yet. */
  private boolean isShared(TaskName task, String address) {
    return links.list().stream()
        .filter(other -> !other.equals(task))
        .flatMap(other -> links.find(other).stream())
        .flatMap(files -> files.bootstrap().stream())
        .anyMatch(bootstrap -> bootstrap.address().equals(address));
  }

  private static NotFoundException absent(TaskName task) {
    return new NotFoundException("task %s not found".formatted(task.id()));
  }

  boolean isClosed() {
    return closed;
  }

  /** Lets go of all shims, which stay. */
  @Override
  public void close() {
    closed = true;
    byAddress.values().forEach(Shim::close);
    logs.close();
  }
}
