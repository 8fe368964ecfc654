// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnimplementedException;
import gantry.runtime.CreateTask;
import gantry.typed.TypedValue;
import org.jspecify.annotations.Nullable;

/** The rules for the options of a creation. */
final class TaskOptions {
  /** The only type a request may carry, whatever the runtime; others go into the record. */
  private static final String RUNC = "containerd.runc.v1.Options";

  private TaskOptions() {}

  /**
   * Refuses what cannot be done.
   *
   * @throws InvalidArgumentException for options of another type, or no runtime
   * @throws UnimplementedException for a checkpoint
   */
  static void requireSupported(String runtime, CreateTask request) {
    if (runtime.isEmpty()) {
      throw new InvalidArgumentException(
          "create task %s: no runtime name".formatted(request.containerId()));
    }
    TypedValue options = request.options();
    if (options != null && !options.typeUrl().equals(RUNC)) {
      throw new InvalidArgumentException(
          "invalid task create option for %s: type %s, want %s; options of other runtimes belong into"
                  .formatted(runtime, options.typeUrl(), RUNC)
              + " the container's record");
    }
    if (request.checkpoint() != null) {
      throw new UnimplementedException(
          "create task %s: checkpoints are not supported here".formatted(request.containerId()));
    }
  }

  /** The request as its runtime gets it: with the record's options if it has none of its own. */
  static CreateTask complete(CreateTask request, String runtime, @Nullable TypedValue recorded) {
    return new CreateTask(
        request.containerId(),
        request.rootfs(),
        request.io(),
        request.checkpoint(),
        request.options() == null ? recorded : request.options(),
        runtime);
  }
}
