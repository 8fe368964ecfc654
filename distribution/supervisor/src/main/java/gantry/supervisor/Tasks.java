// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All tasks. Safe for concurrent use. */
final class Tasks {
  private final Map<TaskKey, Task> tasks = new ConcurrentHashMap<>();
  private final Map<TaskKey, Boolean> reserved = new ConcurrentHashMap<>();

  /** Keeps a name for a task that is being made. */
  void reserve(TaskKey key) {
    if (reserved.putIfAbsent(key, true) != null) {
      throw new AlreadyExistsException("task " + key.id() + ": already exists");
    }
  }

  /** Frees a name. */
  void free(TaskKey key) {
    tasks.remove(key);
    reserved.remove(key);
  }

  /** Adds a task under the name kept for it. */
  void add(Task task) {
    reserved.put(task.key(), true);
    tasks.put(task.key(), task);
  }

  Task require(TaskKey key) {
    Task task = tasks.get(key);
    if (task == null) {
      throw new NotFoundException("task " + key.id() + " not found");
    }
    return task;
  }

  Collection<Task> all() {
    return List.copyOf(tasks.values());
  }

  boolean isEmpty() {
    return reserved.isEmpty();
  }
}
