// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.containers.Container;
import gantry.errors.NotFoundException;
import gantry.plugins.Handle;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one container and does what its labels want. Each look reads everything anew; one
 * container is looked at by one thread at a time. Safe for concurrent use otherwise.
 */
final class Caretaker {
  private static final Logger LOG = LoggerFactory.getLogger(Caretaker.class);

  /** Whoever changed a record so shortly ago may be about to start or remove its task. */
  private static final Duration COURTESY = Duration.ofSeconds(3);

  private record Odd(TaskStatus status, int pid, long since) {}

  private final Map<ContainerName, Odd> oddities = new ConcurrentHashMap<>();
  private final Records records;
  private final Handle<TaskManager> tasks;
  private final Stopping stopping;
  private final Revival revival;
  private final Intents intents;
  private final Attempts attempts;
  private final Duration patience;
  private final Clock clock;

  /**
   * Takes care of containers.
   *
   * @param interval after which a task in a strange state is taken to stay in it
   */
  Caretaker(
      Records records,
      Handle<TaskManager> tasks,
      Intents intents,
      Attempts attempts,
      Duration interval,
      Clock clock) {
    this.records = records;
    this.tasks = tasks;
    this.intents = intents;
    this.attempts = attempts;
    this.patience = interval.dividedBy(2);
    this.clock = clock;
    this.stopping = new Stopping(tasks);
    this.revival = new Revival(records, tasks, stopping, intents, attempts);
  }

  /**
   * Looks at a container.
   *
   * @return when to look again; empty if the next round is soon enough
   * @throws gantry.errors.GantryException if its task does not answer, or cannot be started or
   *     stopped
   */
  Optional<Duration> attend(ContainerName name) throws IOException, InterruptedException {
    Container record = records.find(name).orElse(null);
    if (record == null) {
      return Optional.empty();
    }
    ProcessState state = state(name);
    return switch (Verdict.of(record.labels(), state, intents.read(name))) {
      case LEAVE -> calm(name, state);
      case STOP -> stop(name, state);
      case START -> start(name, record, state);
      case START_IF_IT_STAYS -> stays(name, state) ? start(name, record, state) : Optional.empty();
    };
  }

  private @Nullable ProcessState state(ContainerName name) {
    try {
      return tasks.call(t -> t.get(name.namespace(), name.id(), ""));
    } catch (NotFoundException none) {
      return null;
    }
  }

  private Optional<Duration> calm(ContainerName name, @Nullable ProcessState state) {
    oddities.remove(name);
    if (state != null && state.status() == TaskStatus.RUNNING) {
      intents.remove(name);
    }
    return Optional.empty();
  }

  private Optional<Duration> stop(ContainerName name, @Nullable ProcessState state)
      throws InterruptedException {
    if (state != null) {
      LOG.info("stopping {}, as its label wants", name);
      stopping.stop(name, state);
    }
    return Optional.empty();
  }

  private Optional<Duration> start(
      ContainerName name, Container record, @Nullable ProcessState state)
      throws IOException, InterruptedException {
    Duration courtesy = courtesy(name, record);
    if (courtesy.isPositive()) {
      return Optional.of(courtesy);
    }
    oddities.remove(name);
    boolean isDone = revival.start(name, record, state);
    return isDone ? Optional.empty() : Optional.of(COURTESY);
  }

  private Duration courtesy(ContainerName name, Container record) {
    Duration age = Duration.between(record.updatedAt(), clock.instant());
    return age.isNegative() || attempts.isOurs(name, record.updatedAt())
        ? Duration.ZERO
        : COURTESY.minus(age);
  }

  /** Whether a task has been as strange as it is for a while. */
  private boolean stays(ContainerName name, @Nullable ProcessState state) {
    if (state == null) {
      return true;
    }
    long now = System.nanoTime();
    Odd odd =
        oddities.compute(
            name,
            (_, before) ->
                before != null && before.status() == state.status() && before.pid() == state.pid()
                    ? before
                    : new Odd(state.status(), state.pid(), now));
    return now - odd.since() >= patience.toNanos();
  }

  /** Forgets all but these. */
  void retain(Collection<ContainerName> names) {
    oddities.keySet().retainAll(names);
    attempts.retain(names);
  }
}
