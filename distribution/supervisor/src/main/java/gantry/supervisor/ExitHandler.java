// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.PidWatcher;
import gantry.linux.Processes;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows processes to their end. An exit is on disk before anybody hears of it; it is reported
 * after the start of its process; the exit of the init process after those of all execs.
 */
final class ExitHandler {
  /** The status of a process whose end nobody saw. */
  static final int UNKNOWN = 255;

  private static final Logger LOG = LoggerFactory.getLogger(ExitHandler.class);
  private static final long EXECS_SECONDS = 30;

  private final Set<Thread> handlers = ConcurrentHashMap.newKeySet();
  private final Host host;
  private final TaskEvents events;
  private final OutOfMemory memory;

  ExitHandler(Host host, TaskEvents events, OutOfMemory memory) {
    this.host = host;
    this.events = events;
    this.memory = memory;
  }

  /** Follows a process that exists. */
  void follow(Task task, TaskProcess process) throws IOException {
    follow(task, process, host.exits().watch(process.pid()));
  }

  /** Follows a process that may have ended already. */
  void follow(Task task, TaskProcess process, CompletableFuture<PidWatcher.End> end) {
    ProcessName name = ProcessName.of(task, process);
    host.custody().add(name, process::belongings);
    process.whenLess(() -> host.custody().update(name));
    Thread handler = Thread.ofVirtual().name("exit").unstarted(() -> await(task, process, end));
    handlers.add(handler);
    handler.start();
    if (process.isInit()) {
      memory.watch(task);
    }
  }

  /** Waits until no exit is being reported, once none is watched for any more. */
  boolean settle(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    for (Thread handler : handlers) {
      if (!handler.join(Duration.ofNanos(Math.max(end - System.nanoTime(), 1)))) {
        return false;
      }
    }
    return true;
  }

  /** Reports an end of which it is not known whether it was reported. */
  void repeat(Task task, TaskProcess process, Exit exit) {
    events.exited(task, process, exit);
  }

  private void await(Task task, TaskProcess process, CompletableFuture<PidWatcher.End> end) {
    try {
      ended(task, process, exitOf(task, process, end.get()));
    } catch (CancellationException | ExecutionException | InterruptedException e) {
      // this process ends; the next one takes the task up
      LOG.debug("{} is no longer watched", task.key());
    } finally {
      handlers.remove(Thread.currentThread());
    }
  }

  private static Exit exitOf(Task task, TaskProcess process, PidWatcher.End end) {
    if (end.status().isEmpty()) {
      LOG.warn(
          "how process {} of {} {} ended is unknown: it was not a child of this process, and the"
              + " kernel does not say",
          end.pid(),
          task.key(),
          process.execId());
    }
    return new Exit(end.pid(), end.status().orElse(UNKNOWN), end.at());
  }

  /** A process has ended. */
  void ended(Task task, TaskProcess process, Exit exit) {
    record(task, process, exit);
    if (process.isInit()) {
      endExecs(task);
    }
    process.reporting().lock();
    try {
      boolean frozen = process.status() == TaskStatus.PAUSED;
      if (task.ranOutOfMemory()) {
        events.outOfMemory(task);
      }
      process.ended(exit);
      host.custody().update(ProcessName.of(task, process));
      events.exited(task, process, exit);
      if (frozen && process.isInit()) {
        thaw(task);
      }
    } finally {
      process.reporting().unlock();
      task.gone(process);
      process.exited().complete(exit);
    }
  }

  private void record(Task task, TaskProcess process, Exit exit) {
    try {
      host.ledger().ended(task.key(), process.execId(), exit);
    } catch (IOException e) {
      LOG.error("exit of {} {} is not on disk", task.key(), process.execId(), e);
    }
  }

  private static void endExecs(Task task) {
    var execs = task.initGone();
    if (!task.spec().ownPids()) {
      killAll(task);
    }
    try {
      for (TaskProcess exec : execs) {
        exec.exited().get(EXECS_SECONDS, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException | CancellationException e) {
      LOG.error("an exec of {} outlives its container", task.key(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void killAll(Task task) {
    try {
      task.runc().kill(task.key().id(), Processes.SIGKILL, true);
    } catch (IOException e) {
      LOG.debug("no processes of {} left to kill: {}", task.key(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void thaw(Task task) {
    try {
      task.runc().resume(task.key().id());
    } catch (IOException e) {
      // to kill it, the runtime may have done so
      LOG.debug("ended container {} not thawed: {}", task.key(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
