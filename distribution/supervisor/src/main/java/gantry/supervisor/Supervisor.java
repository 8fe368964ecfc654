// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.linux.OomEvents;
import gantry.linux.Processes;
import gantry.runtime.Exit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that can be asked of the supervisor, apart from the wire. Safe for concurrent use. */
final class Supervisor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final long KILLED_SECONDS = 10;

  private final Host host;
  private final Runtimes runtimes;
  private final Tasks tasks = new Tasks();
  private final ExitHandler exits;
  private final InitLifecycle inits;
  private final ExecLifecycle execs;
  private final TaskControl control;
  private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();
  private volatile boolean leaving;
  private final OutOfMemory memory;

  Supervisor(Host host) throws IOException {
    TaskEvents events = new TaskEvents(host.events());
    Launcher launcher = new Launcher(host);
    this.host = host;
    this.runtimes = new Runtimes(host);
    this.memory = new OutOfMemory(new OomEvents(), events);
    this.exits = new ExitHandler(host, events, memory);
    this.inits = new InitLifecycle(host, launcher, events, exits);
    this.execs = new ExecLifecycle(host, launcher, events, exits);
    this.control = new TaskControl(host, events);
  }

  /**
   * Takes up the tasks of a supervisor before this one, with what is left of it.
   *
   * @return how many terminals are lost
   */
  int adopt(Legacy.Source legacies) throws IOException, InterruptedException {
    return new Adoption(host, runtimes, tasks, exits, legacies).run();
  }

  Task require(TaskKey key) {
    return tasks.require(key);
  }

  Collection<Task> tasks() {
    return tasks.all();
  }

  boolean isIdle() {
    return tasks.isEmpty();
  }

  TaskControl control() {
    return control;
  }

  int create(TaskKey key, CreateTaskRequest request) throws Exception {
    return Operations.complete(() -> createNow(key, request), () -> discard(key));
  }

  private int createNow(TaskKey key, CreateTaskRequest request) throws Exception {
    Tasks.Stage stage = tasks.reserve(key, "looking for the runtime");
    try {
      Task task = new Task(key, request, runtimes.of(key, Runtimes.options(request.getOptions())));
      inits.create(task, stage);
      tasks.add(task);
      return task.init().pid();
    } catch (Exception e) {
      tasks.free(key);
      throw e;
    }
  }

  /** Nobody knows of this task: its maker was told that it failed. */
  private void discard(TaskKey key) {
    Task task = require(key);
    try {
      control.kill(task, Processes.SIGKILL, true);
      task.init().exited().get(KILLED_SECONDS, TimeUnit.SECONDS);
      inits.delete(task);
    } catch (GantryException
        | IOException
        | InterruptedException
        | ExecutionException
        | TimeoutException e) {
      LOG.warn("task {} whose maker went away does not go by itself", key, e);
      clear(task);
    } finally {
      tasks.free(key);
    }
  }

  private void clear(Task task) {
    try {
      new Clearance(host).of(task);
    } catch (IOException e) {
      LOG.error("something of task {}, whose maker went away, stays", task.key(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  int start(TaskKey key, String execId) throws Exception {
    Task task = require(key);
    TaskProcess process = task.process(execId);
    return Operations.complete(
        () -> {
          if (process.isInit()) {
            inits.start(task);
          } else {
            execs.start(task, process);
          }
          return process.pid();
        });
  }

  Exit delete(TaskKey key, String execId) throws Exception {
    Task task = require(key);
    TaskProcess process = task.process(execId);
    return Operations.complete(
        () -> {
          if (!process.isInit()) {
            return execs.delete(task, process);
          }
          Exit exit = inits.delete(task);
          tasks.free(key);
          return exit;
        });
  }

  void exec(TaskKey key, ExecProcessRequest request) throws Exception {
    Task task = require(key);
    Operations.complete(
        () -> {
          execs.add(task, request);
          return true;
        });
  }

  void kill(TaskKey key, String execId, int signal, boolean all) throws Exception {
    Task task = require(key);
    TaskProcess process = task.process(execId);
    if (process.isInit() && process.pid() == 0) {
      throw new FailedPreconditionException("process not created");
    }
    Operations.complete(
        () -> {
          if (process.isInit()) {
            control.kill(task, signal, all);
          } else {
            execs.kill(process, signal);
          }
          return true;
        });
  }

  /**
   * Waits for the end of a process.
   *
   * @throws UnavailableException if another version takes over, which can be asked again
   */
  Exit await(TaskKey key, String execId) throws Exception {
    TaskProcess process = require(key).process(execId);
    Thread waiter = Thread.currentThread();
    waiters.add(waiter);
    try {
      if (leaving) {
        throw leaving();
      }
      return process.exited().get();
    } catch (InterruptedException e) {
      throw leaving ? leaving() : e;
    } finally {
      waiters.remove(waiter);
    }
  }

  private static UnavailableException leaving() {
    return new UnavailableException("wait: another version of the supervisor takes over");
  }

  /** Ends all waits, now and from now on, or lets them be again. */
  void leaving(boolean on) {
    leaving = on;
    if (on) {
      waiters.forEach(Thread::interrupt);
    }
  }

  /**
   * Waits until nothing changes any task, when no calls come in any more.
   *
   * @return false if something still does then
   */
  boolean settle(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    for (Task task : tasks.all()) {
      if (!settle(task.operation(), end) || !settle(task.init().reporting(), end)) {
        return false;
      }
      for (TaskProcess exec : task.execs()) {
        if (!settle(exec.reporting(), end)) {
          return false;
        }
      }
    }
    return tasks.isSettled();
  }

  private static boolean settle(ReentrantLock busy, long end) throws InterruptedException {
    if (!busy.tryLock(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      return false;
    }
    busy.unlock();
    return true;
  }

  /** Stops what is done for the tasks; what the next version needs of each process, by name. */
  Map<String, Legacy> handOver(Duration longest) throws InterruptedException {
    if (!exits.settle(longest)) {
      LOG.warn("the report of an exit did not end in {}, it will be made again", longest);
    }
    Map<String, Legacy> left = new HashMap<>();
    for (Task task : tasks.all()) {
      List<TaskProcess> processes = new ArrayList<>(task.execs());
      processes.add(task.init());
      for (TaskProcess process : processes) {
        if (process.pid() != 0) {
          left.put(ProcessName.of(task, process).toString(), process.pause());
        }
      }
    }
    return left;
  }

  /** Tells of no shortage of memory any more; tasks go on. */
  @Override
  public void close() throws IOException {
    memory.close();
  }
}
