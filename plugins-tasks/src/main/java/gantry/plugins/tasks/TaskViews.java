// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.Fields;
import gantry.filters.Filter;
import gantry.names.Namespace;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runtimes say of their tasks: one at a time, or of many side by side. One that does not
 * answer is waited for once; from then on it is asked in passing until it does.
 */
final class TaskViews {
  private static final Logger LOG = LoggerFactory.getLogger(TaskViews.class);

  /** How long a task is waited for that has not answered lately. */
  private static final Duration GRACE = Duration.ofMillis(100);

  private final Function<Bundle, Task> tasks;
  private final BundleStore bundles;
  private final Silence silence;
  private final TimeLimits limits;
  private final Map<TaskName, CompletableFuture<ProcessState>> probes = new ConcurrentHashMap<>();

  TaskViews(Function<Bundle, Task> tasks, BundleStore bundles, Silence silence, TimeLimits limits) {
    this.tasks = tasks;
    this.bundles = bundles;
    this.silence = silence;
    this.limits = limits;
  }

  /**
   * The state of a process; status {@code UNKNOWN} if the runtime answers with something strange.
   *
   * @throws NotFoundException if there is no such process
   * @throws UnavailableException if the runtime cannot be reached
   * @throws DeadlineExceededException if it does not answer in time
   */
  ProcessState state(Task task, String execId) {
    try {
      ProcessState state =
          Deadline.start(
                  "state of task " + task.id(),
                  TaskLimit.STATE.in(limits),
                  () -> understood(task, execId))
              .get();
      silence.broken(task.name());
      return state;
    } catch (UnavailableException | DeadlineExceededException e) {
      silence.missed(task.name(), String.valueOf(e.getMessage()));
      throw e;
    } catch (NotFoundException e) {
      silence.broken(task.name());
      throw e;
    }
  }

  /**
   * The init processes of all tasks of a namespace, by id. One that is not answered for has the
   * status {@code UNKNOWN}; one that is just being made, or gone, is left out.
   */
  List<ProcessState> states(Namespace namespace) {
    Map<Bundle, CompletableFuture<ProcessState>> answers = new LinkedHashMap<>();
    bundles.list(namespace.name()).forEach(bundle -> answers.put(bundle, ask(bundle)));
    // A question ends by itself; what is late all the same is as good as unanswered.
    Duration limit = TaskLimit.STATE.in(limits).plus(GRACE);
    long began = System.nanoTime();
    List<ProcessState> states = new ArrayList<>();
    answers.forEach(
        (bundle, answer) -> {
          boolean isQuiet = silence.of(name(bundle)).isPresent();
          Duration spent = Duration.ofNanos(System.nanoTime() - began);
          Duration left = (isQuiet ? GRACE : limit).minus(spent);
          state(bundle, answer, left).ifPresent(states::add);
        });
    return states;
  }

  private Optional<ProcessState> state(
      Bundle bundle, CompletableFuture<ProcessState> answer, Duration left) {
    try {
      return Optional.of(answer.get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return unlessNew(bundle, "no answer");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("list tasks: interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NotFoundException) {
        LOG.debug("state of task {}: it has just gone", bundle.id());
        return Optional.empty();
      }
      return unlessNew(bundle, String.valueOf(e.getCause()));
    }
  }

  /** What is still being made is not there yet. */
  private Optional<ProcessState> unlessNew(Bundle bundle, String reason) {
    if (bundles.busy(bundle).filter(busy -> busy.work() == Busy.Work.CREATE).isPresent()) {
      return Optional.empty();
    }
    LOG.debug("state of task {}: shown as unknown: {}", bundle.id(), reason);
    return Optional.of(unknown(bundle.id()));
  }

  /** Asks for the state of an init process; of a quiet one by one question at a time. */
  private CompletableFuture<ProcessState> ask(Bundle bundle) {
    TaskName name = name(bundle);
    return silence.of(name).isEmpty()
        ? begin(bundle, () -> {})
        : probes.computeIfAbsent(name, quiet -> begin(bundle, () -> probes.remove(name)));
  }

  private CompletableFuture<ProcessState> begin(Bundle bundle, Runnable ended) {
    CompletableFuture<ProcessState> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("task-state-" + bundle.id())
        .start(
            () -> {
              try {
                answer.complete(state(tasks.apply(bundle), ""));
              } catch (RuntimeException e) {
                answer.completeExceptionally(e);
              } finally {
                ended.run();
              }
            });
    return answer;
  }

  /** What the tasks of a namespace consume that the filter matches and whose runtime answers. */
  List<TaskMetric> metrics(Namespace namespace, Filter filter) {
    Map<String, Deadline<TaskMetric>> answers = new LinkedHashMap<>();
    Duration limit = TaskLimit.STATS.in(limits);
    for (Bundle bundle : bundles.list(namespace.name())) {
      if (!filter.matches(fields(bundle))) {
        continue;
      }
      if (silence.of(name(bundle)).isPresent()) {
        LOG.debug("metrics of task {}: left out until it answers: {}", bundle.id(), ask(bundle));
        continue;
      }
      Callable<TaskMetric> asked = () -> metric(bundle);
      answers.put(bundle.id(), Deadline.start("metrics of task " + bundle.id(), limit, asked));
    }
    List<TaskMetric> metrics = new ArrayList<>();
    answers.forEach((id, answer) -> metric(namespace, id, answer).ifPresent(metrics::add));
    return metrics;
  }

  private Optional<TaskMetric> metric(Namespace namespace, String id, Deadline<TaskMetric> answer) {
    try {
      return Optional.of(answer.get());
    } catch (NotFoundException e) {
      LOG.debug("metrics of task {}: it has just gone", id);
    } catch (DeadlineExceededException e) {
      silence.missed(new TaskName(namespace.name(), id), String.valueOf(e.getMessage()));
    } catch (CanceledException e) {
      throw e;
    } catch (GantryException e) {
      LOG.warn("metrics of task {}: left out: {}", id, e.getMessage());
      LOG.debug("metrics of task {}", id, e);
    }
    return Optional.empty();
  }

  private TaskMetric metric(Bundle bundle) {
    Instant collected = Instant.now();
    return new TaskMetric(
        collected, bundle.id(), tasks.apply(bundle).call((r, task) -> r.stats(task)));
  }

  private static ProcessState understood(Task task, String execId) {
    try {
      return task.call((r, name) -> r.state(name, execId));
    } catch (NotFoundException e) {
      throw execId.isEmpty()
          ? new NotFoundException("task %s not found".formatted(task.id()), e)
          : e;
    } catch (UnavailableException | DeadlineExceededException e) {
      throw e;
    } catch (GantryException e) {
      LOG.warn("state of task {}: shown as unknown: {}", task.id(), e.getMessage());
      LOG.debug("state of task {}", task.id(), e);
      return unknown(execId.isEmpty() ? task.id() : execId);
    }
  }

  private static ProcessState unknown(String id) {
    return new ProcessState(id, 0, TaskStatus.UNKNOWN, "", "", "", false, 0, null);
  }

  private static TaskName name(Bundle bundle) {
    return new TaskName(bundle.namespace(), bundle.id());
  }

  private static Fields fields(Bundle bundle) {
    return path ->
        switch (path.getFirst()) {
          case "id" -> Optional.of(bundle.id());
          case "namespace" -> Optional.of(bundle.namespace());
          default -> Optional.empty();
        };
  }
}
