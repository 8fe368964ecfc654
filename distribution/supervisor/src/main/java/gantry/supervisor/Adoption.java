// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.PidFd;
import gantry.linux.Remnants;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes up the tasks that an earlier supervisor left: what is on disk, and of its descriptors those
 * that somebody kept. A terminal that nobody kept is lost, which is reported. The end of a process
 * that is no longer a child is seen, and how it ended if the kernel says so.
 */
final class Adoption {
  private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

  private static final int AT_ONCE = 8;

  /** How long a command of the runtime may take that an earlier supervisor has begun. */
  private static final Duration COMMAND = Duration.ofSeconds(10);

  private final Host host;
  private final Runtimes runtimes;
  private final Tasks tasks;
  private final ExitHandler exits;
  private final Legacy.Source legacies;
  private final AtomicInteger lostTerminals = new AtomicInteger();

  Adoption(Host host, Runtimes runtimes, Tasks tasks, ExitHandler exits, Legacy.Source legacies) {
    this.host = host;
    this.runtimes = runtimes;
    this.tasks = tasks;
    this.exits = exits;
    this.legacies = legacies;
  }

  /**
   * Takes up all there are, some at once, for the runtime is asked about each.
   *
   * @return how many terminals are lost
   */
  int run() throws IOException, InterruptedException {
    Semaphore turns = new Semaphore(AT_ONCE);
    List<Thread> workers = new ArrayList<>();
    for (Ledger.FoundTask found : host.ledger().load()) {
      turns.acquire();
      workers.add(
          Thread.ofVirtual()
              .name("adoption")
              .start(
                  () -> {
                    try {
                      tryAdopt(found);
                    } finally {
                      turns.release();
                    }
                  }));
    }
    for (Thread worker : workers) {
      worker.join();
    }
    return lostTerminals.get();
  }

  private void tryAdopt(Ledger.FoundTask found) {
    try {
      adopt(found);
      LOG.info("adopted {}", found.key());
    } catch (IOException | RuntimeException e) {
      LOG.error("task {} cannot be adopted, its files are left alone", found.key(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void adopt(Ledger.FoundTask found) throws IOException, InterruptedException {
    Task task =
        new Task(
            found.key(),
            found.request(),
            runtimes.of(found.key(), Runtimes.options(found.request().getOptions())));
    if (found.life().birth().isEmpty() && found.request().getCheckpoint().isEmpty()) {
      discard(task);
      return;
    }
    // What the runtime was told before goes on by itself, and its outcome is what counts.
    if (!Remnants.end(task.runc().root().toString(), found.key().id(), COMMAND)) {
      LOG.error("a command of the runtime for {} does not end", found.key());
    }
    tasks.add(task);
    for (Ledger.FoundExec exec : found.execs()) {
      adoptExec(task, exec);
    }
    if (found.life().birth().isPresent()) {
      adopt(task, task.init(), found.life());
    }
  }

  /**
   * Its maker was never told that it exists. Nobody waits for this: a runtime that hangs would keep
   * all other tasks from being served.
   */
  private void discard(Task task) {
    tasks.reserve(task.key(), "removing what an earlier supervisor began to make");
    Thread.ofVirtual()
        .name("discard")
        .start(
            () -> {
              try {
                new Clearance(host).of(task);
              } catch (IOException e) {
                LOG.error("something of half made task {} stays", task.key(), e);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                tasks.free(task.key());
              }
            });
  }

  private void adoptExec(Task task, Ledger.FoundExec found)
      throws IOException, InterruptedException {
    var request = found.request();
    TaskProcess exec =
        new TaskProcess(
            request.getExecId(),
            new StdioNames(
                request.getStdin(),
                request.getStdout(),
                request.getStderr(),
                request.getTerminal()));
    task.addExec(exec);
    if (found.life().birth().isPresent()) {
      task.starting(exec);
      adopt(task, exec, found.life());
    }
  }

  private void adopt(Task task, TaskProcess process, Ledger.Life life)
      throws IOException, InterruptedException {
    int pid = life.birth().map(Ledger.Birth::pid).orElse(0);
    Legacy legacy = legacies.of(new ProcessName(task.key(), process.execId(), pid));
    if (life.exit().isPresent()) {
      ended(task, process, life.exit().get(), legacy);
      return;
    }
    Ledger.Birth birth = life.birth().orElseThrow();
    if (process.names().terminal() && !legacy.hasTerminal()) {
      lostTerminals.incrementAndGet();
      LOG.error("terminal of {} {} is lost: nobody kept it", task.key(), process.execId());
    }
    Optional<PidFd> handle = handle(birth, legacy);
    if (handle.isEmpty()) {
      LOG.warn(
          "how process {} of {} {} ended is unknown: it did while there was no supervisor",
          birth.pid(),
          task.key(),
          process.execId());
      legacy.close();
      exits.ended(task, process, new Exit(birth.pid(), ExitHandler.UNKNOWN, Instant.now()));
      return;
    }
    process.inherit(handle.get(), birth.pid(), AdoptedStreams.of(legacy, host.exits()));
    process.become(TaskStatus.CREATED, status(task, process, legacy));
    if (process.isInit()) {
      task.findCgroup(birth.pid(), host.cgroups());
    }
    exits.follow(task, process, host.exits().watch(handle.get().duplicate()));
  }

  /**
   * Its end is on disk. It is reported again unless that is known to have been done: twice is
   * better than never. What it has written need not have been read to its end.
   */
  private void ended(Task task, TaskProcess process, Exit exit, Legacy legacy) throws IOException {
    if (legacy.hasTerminal()) {
      process.inherit(null, exit.pid(), AdoptedStreams.of(legacy, host.exits()));
      ProcessName name = ProcessName.of(task, process);
      host.custody().add(name, process::belongings);
      process.whenLess(() -> host.custody().update(name));
    } else {
      legacy.close();
    }
    process.ended(exit);
    task.gone(process);
    if (legacy.status() != TaskStatus.STOPPED) {
      exits.repeat(task, process, exit);
    }
    process.exited().complete(exit);
  }

  /** A handle that was kept knows of an end that nobody saw. */
  private static Optional<PidFd> handle(Ledger.Birth birth, Legacy legacy) throws IOException {
    Optional<PidFd> kept = legacy.descriptor(Role.PROCESS).map(fd -> PidFd.of(fd, birth.pid()));
    if (kept.isPresent() || !Ledger.alive(birth)) {
      return kept;
    }
    try {
      return Optional.of(PidFd.open(birth.pid()));
    } catch (ErrnoException e) {
      if (e.is(Errno.ESRCH)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static TaskStatus status(Task task, TaskProcess process, Legacy legacy)
      throws InterruptedException {
    if (legacy.status() != null) {
      return legacy.status();
    }
    if (!process.isInit()) {
      return TaskStatus.RUNNING;
    }
    TaskStatus status = status(state(task));
    return status == TaskStatus.CREATED && hasPassed(task, process) ? TaskStatus.RUNNING : status;
  }

  private static boolean hasPassed(Task task, TaskProcess init) {
    try {
      return task.shortcut().hasPassed(init.pid());
    } catch (IOException e) {
      LOG.debug("init process of {} has ended", task.key(), e);
      return false;
    }
  }

  private static String state(Task task) throws InterruptedException {
    try {
      return task.runc().state(task.key().id());
    } catch (IOException e) {
      LOG.warn("runtime does not know the state of {}, taken as running", task.key(), e);
      return "";
    }
  }

  private static TaskStatus status(String state) {
    return switch (state) {
      case "created" -> TaskStatus.CREATED;
      case "paused" -> TaskStatus.PAUSED;
      default -> TaskStatus.RUNNING;
    };
  }
}
