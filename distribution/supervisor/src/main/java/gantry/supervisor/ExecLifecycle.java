// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import containerd.task.v3.ExecProcessRequest;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnknownException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import gantry.wire.TimestampWire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Adds, starts and deletes further processes of tasks. */
final class ExecLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ExecLifecycle.class);
  private static final Duration DRAIN = Duration.ofSeconds(10);
  private static final String SCORE = "oomScoreAdj";

  private final Host host;
  private final Launcher launcher;
  private final TaskEvents events;
  private final ExitHandler exits;

  ExecLifecycle(Host host, Launcher launcher, TaskEvents events, ExitHandler exits) {
    this.host = host;
    this.launcher = launcher;
    this.events = events;
    this.exits = exits;
  }

  /** Declares a process. */
  void add(Task task, ExecProcessRequest request) throws IOException {
    TaskStatus status = task.init().status();
    if (status != TaskStatus.CREATED && status != TaskStatus.RUNNING) {
      throw new UnknownException("cannot exec in a " + InitLifecycle.word(task.init()) + " state");
    }
    String process = process(request);
    TaskProcess exec =
        new TaskProcess(
            request.getExecId(),
            new StdioNames(
                request.getStdin(),
                request.getStdout(),
                request.getStderr(),
                request.getTerminal()));
    task.addExec(exec);
    try {
      host.ledger().execAdded(task.key(), request);
      Files.writeString(file(task, exec, "process.json"), process);
    } catch (IOException e) {
      task.removeExec(exec);
      throw e;
    }
    events.execAdded(task, request.getExecId());
  }

  /** The request decides about the terminal, not the process's description. */
  private static String process(ExecProcessRequest request) {
    try {
      Object spec = Json.parse(request.getSpec().getValue().toStringUtf8());
      if (spec instanceof Map<?, ?> known) {
        Map<Object, Object> process = new LinkedHashMap<>(known);
        process.put("terminal", new Json.Word(Boolean.toString(request.getTerminal())));
        return Json.write(process);
      }
    } catch (IOException e) {
      throw new InvalidArgumentException("exec " + request.getExecId() + ": malformed spec", e);
    }
    throw new InvalidArgumentException("exec " + request.getExecId() + ": spec is no object");
  }

  private Path file(Task task, TaskProcess exec, String name) {
    return host.ledger().directory(task.key()).resolve("execs", exec.execId(), name);
  }

  /** Starts it. */
  void start(Task task, TaskProcess exec) throws IOException, InterruptedException {
    exec.reporting().lock();
    try {
      if (exec.status() != TaskStatus.CREATED || exec.exited().isDone()) {
        throw new UnknownException("cannot start a " + InitLifecycle.word(exec) + " process");
      }
      task.starting(exec);
      try {
        launch(task, exec);
      } catch (IOException | RuntimeException | InterruptedException e) {
        task.gone(exec);
        // whoever waits for it must not wait for ever
        exec.exited().complete(new Exit(0, ExitHandler.UNKNOWN, Instant.now()));
        throw e;
      }
    } finally {
      exec.reporting().unlock();
    }
  }

  private void launch(Task task, TaskProcess exec) throws IOException, InterruptedException {
    Path process = file(task, exec, "process.json");
    launcher.launch(
        task,
        exec,
        file(task, exec, "runtime.pid"),
        launch -> task.runc().exec(task.key().id(), process, launch));
    score(exec, process);
    host.ledger().started(task.key(), exec.execId(), exec.pid());
    exec.become(TaskStatus.CREATED, TaskStatus.RUNNING);
    events.started(task, exec);
    exits.follow(task, exec);
  }

  /** Runtimes give execs the score of the init process, whatever their description says. */
  private static void score(TaskProcess exec, Path description) throws IOException {
    String text = Files.readString(description);
    if (text.contains(SCORE) && Json.at(Json.parse(text), SCORE) instanceof Json.Word wanted) {
      try {
        Files.writeString(
            Path.of("/proc", Integer.toString(exec.pid()), "oom_score_adj"), wanted.text());
      } catch (IOException e) {
        LOG.warn("exec {} has no oom_score_adj {}: {}", exec.execId(), wanted.text(), e.toString());
      }
    }
  }

  /** Signals it. */
  void kill(TaskProcess exec, int signal) throws IOException {
    if (exec.pid() == 0) {
      throw new FailedPreconditionException("process not created");
    }
    if (exec.exit().isPresent()) {
      throw new NotFoundException("process already finished");
    }
    try {
      exec.signal(signal);
    } catch (ErrnoException e) {
      if (e.is(Errno.ESRCH)) {
        throw new NotFoundException("process already finished", e);
      }
      throw e;
    }
  }

  /** Deletes it if it does not run. */
  Exit delete(Task task, TaskProcess exec) throws IOException, InterruptedException {
    if (exec.status() == TaskStatus.RUNNING) {
      throw new UnknownException("cannot delete a running process");
    }
    if (exec.status() == TaskStatus.STOPPED) {
      awaitEnd(task, exec);
    }
    if (!exec.release(DRAIN)) {
      LOG.warn("output of {} {} was still being written", task.key(), exec.execId());
    }
    task.removeExec(exec);
    host.ledger().forget(task.key(), exec.execId());
    return exec.exit().orElse(new Exit(exec.pid(), 0, TimestampWire.NONE));
  }

  /** Its end is reported before it is forgotten. */
  private static void awaitEnd(Task task, TaskProcess exec) throws InterruptedException {
    try {
      exec.exited().get(DRAIN.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("end of {} {} is not reported", task.key(), exec.execId(), e);
    }
  }
}
