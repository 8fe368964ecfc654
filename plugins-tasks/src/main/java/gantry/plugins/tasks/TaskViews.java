// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.Fields;
import gantry.filters.Filter;
import gantry.names.Namespace;
import gantry.runtime.Bundle;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What runtimes say of their tasks: one at a time, or of many side by side. */
final class TaskViews {
  private static final Logger LOG = LoggerFactory.getLogger(TaskViews.class);
  private static final Duration STATE_LIMIT = Duration.ofSeconds(2);
  private static final Duration STATS_LIMIT = Duration.ofSeconds(2);

  private final Function<Bundle, Task> tasks;
  private final BundleStore bundles;

  TaskViews(Function<Bundle, Task> tasks, BundleStore bundles) {
    this.tasks = tasks;
    this.bundles = bundles;
  }

  /**
   * The state of a process; status {@code UNKNOWN} if the runtime answers with something strange.
   *
   * @throws NotFoundException if there is no such process
   * @throws UnavailableException if the runtime cannot be reached
   * @throws DeadlineExceededException if it does not answer in two seconds
   */
  ProcessState state(Task task, String execId) {
    return Deadline.start("state of task " + task.id(), STATE_LIMIT, () -> understood(task, execId))
        .get();
  }

  /** The init processes of all tasks of a namespace that have an answer, by id. */
  List<ProcessState> states(Namespace namespace) {
    return each(
        "state",
        STATE_LIMIT,
        bundles.list(namespace.name()),
        bundle -> understood(tasks.apply(bundle), ""));
  }

  /** What the tasks of a namespace consume that the filter matches and whose runtime answers. */
  List<TaskMetric> metrics(Namespace namespace, Filter filter) {
    List<Bundle> wanted =
        bundles.list(namespace.name()).stream()
            .filter(bundle -> filter.matches(fields(bundle)))
            .toList();
    return each("metrics", STATS_LIMIT, wanted, this::metric);
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
      LOG.error("state of task {}: shown as unknown", task.id(), e);
      String id = execId.isEmpty() ? task.id() : execId;
      return new ProcessState(id, 0, TaskStatus.UNKNOWN, "", "", "", false, 0, null);
    }
  }

  private static <R> List<R> each(
      String what, Duration limit, List<Bundle> bundles, Function<Bundle, R> call) {
    Map<String, Deadline<R>> answers = new LinkedHashMap<>();
    for (Bundle bundle : bundles) {
      Callable<R> asked = () -> call.apply(bundle);
      answers.put(bundle.id(), Deadline.start(what + " of task " + bundle.id(), limit, asked));
    }
    List<R> results = new ArrayList<>();
    answers.forEach(
        (id, answer) -> {
          try {
            results.add(answer.get());
          } catch (NotFoundException e) {
            LOG.debug("{} of task {}: it has just gone", what, id);
          } catch (GantryException e) {
            LOG.error("{} of task {}: left out", what, id, e);
          }
        });
    return results;
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
