// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.plugins.Handle;
import gantry.runtime.Bundle;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskRuntime.TaskName;
import java.time.Duration;

/** A task that has a bundle, and the runtime that has it. */
record Task(Bundle bundle, Handle<TaskRuntime> runtime) {
  /**
   * A runtime ends its own calls in time. Only one that does not is interrupted: that counts
   * against the runtime as a whole, for which one task's trouble is no reason.
   */
  private static final Duration SLACK = Duration.ofSeconds(20);

  /** Asks the runtime something of this task. */
  @FunctionalInterface
  interface Call<R> {
    R on(TaskRuntime runtime, TaskName task);
  }

  /** Has the runtime do something to this task. */
  @FunctionalInterface
  interface Action {
    void on(TaskRuntime runtime, TaskName task);
  }

  /** How long a call may be in a runtime that shall end it by itself after the given time. */
  static Duration allowed(Duration limit) {
    return limit.plus(SLACK);
  }

  String id() {
    return bundle.id();
  }

  TaskName name() {
    return new TaskName(bundle.namespace(), bundle.id());
  }

  <R> R call(Call<R> call) {
    return runtime.call(r -> call.on(r, name()));
  }

  /** As {@link #call(Call)}, where the runtime's own limit is this one. */
  <R> R call(Duration limit, Call<R> call) {
    return runtime.within(allowed(limit)).call(r -> call.on(r, name()));
  }

  /** As {@link #call(Duration, Call)}, without a result. */
  void run(Duration limit, Action action) {
    runtime.within(allowed(limit)).run(r -> action.on(r, name()));
  }
}
