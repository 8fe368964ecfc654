// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** All tasks. Safe for concurrent use. */
final class Tasks {
  private final Map<TaskKey, Task> tasks = new ConcurrentHashMap<>();
  private final Map<TaskKey, Stage> reserved = new ConcurrentHashMap<>();

  /** What is being done under a name that is kept. */
  static final class Stage {
    private final long began = System.nanoTime();
    private volatile String words;

    private Stage(String words) {
      this.words = words;
    }

    void at(String next) {
      words = next;
    }

    String words() {
      return "%s, %d s after it began"
          .formatted(words, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began));
    }
  }

  /**
   * Keeps a name for a task that is being made, or removed.
   *
   * @param stage what is done first
   */
  Stage reserve(TaskKey key, String stage) {
    Stage mine = new Stage(stage);
    Stage other = reserved.putIfAbsent(key, mine);
    if (other == null) {
      return mine;
    }
    String now = tasks.containsKey(key) ? "" : other.words() + ": ";
    throw new AlreadyExistsException("task %s: %salready exists".formatted(key.id(), now));
  }

  /** Frees a name. */
  void free(TaskKey key) {
    tasks.remove(key);
    reserved.remove(key);
  }

  /** Adds a task under the name kept for it. */
  void add(Task task) {
    reserved.putIfAbsent(task.key(), new Stage("adoption"));
    tasks.put(task.key(), task);
  }

  /**
   * A task.
   *
   * @throws NotFoundException if there is none
   * @throws FailedPreconditionException if it is just being made, or removed; says how far that is
   */
  Task require(TaskKey key) {
    Task task = tasks.get(key);
    if (task == null) {
      Stage stage = reserved.get(key);
      if (stage != null) {
        throw new FailedPreconditionException(
            "task %s is not ready: %s".formatted(key.id(), stage.words()));
      }
      throw new NotFoundException("task " + key.id() + " not found");
    }
    return task;
  }

  Collection<Task> all() {
    return List.copyOf(tasks.values());
  }

  /** Whether none is being made or removed. */
  boolean isSettled() {
    return reserved.size() == tasks.size();
  }

  boolean isEmpty() {
    return reserved.isEmpty();
  }
}
