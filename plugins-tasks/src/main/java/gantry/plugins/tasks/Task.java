// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.plugins.Handle;
import gantry.runtime.Bundle;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskRuntime.TaskName;

/** A task that has a bundle, and the runtime that has it. */
record Task(Bundle bundle, Handle<TaskRuntime> runtime) {
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

  String id() {
    return bundle.id();
  }

  TaskName name() {
    return new TaskName(bundle.namespace(), bundle.id());
  }

  <R> R call(Call<R> call) {
    return runtime.call(r -> call.on(r, name()));
  }

  void run(Action action) {
    runtime.run(r -> action.on(r, name()));
  }
}
