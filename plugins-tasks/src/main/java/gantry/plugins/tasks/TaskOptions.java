// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnknownException;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.runtime.CreateTask;
import gantry.runtime.TaskSandbox;
import gantry.typed.TypedValue;
import org.jspecify.annotations.Nullable;

/** The rules for the options of a creation. */
final class TaskOptions {
  /** The only type a request may carry, whatever the runtime; others go into the record. */
  private static final String RUNC = "containerd.runc.v1.Options";

  private static final int CRIU_IMAGE_PATH = 10;

  private static final String CHECKPOINT = "containerd.runc.v1.CheckpointOptions";
  private static final int IMAGE_PATH = 8;

  /** Annotation of a checkpoint that is in a directory and not in the content store. */
  private static final String FROM_PATH = "RestoreFromPath";

  private TaskOptions() {}

  /**
   * Refuses what cannot be done.
   *
   * @throws InvalidArgumentException for options of another type, or no runtime
   * @throws UnknownException for a checkpoint of a kind nobody can restore from
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
    Descriptor checkpoint = request.checkpoint();
    if (checkpoint != null
        && !checkpoint.annotations().containsKey(FROM_PATH)
        && !checkpoint.mediaType().equals(MediaTypes.CHECKPOINT)) {
      throw new UnknownException(
          "create task %s: unsupported checkpoint type \"%s\", want %s"
              .formatted(request.containerId(), checkpoint.mediaType(), MediaTypes.CHECKPOINT));
    }
  }

  /** The directory that a creation wants the task restored from; empty for none. */
  static String restorePath(CreateTask request) {
    Descriptor checkpoint = request.checkpoint();
    if (checkpoint != null && checkpoint.annotations().containsKey(FROM_PATH)) {
      return checkpoint.annotations().get(FROM_PATH);
    }
    TypedValue options = request.options();
    return options == null || !options.typeUrl().equals(RUNC)
        ? ""
        : ProtoFields.text(options, CRIU_IMAGE_PATH);
  }

  /**
   * The directory that options of a checkpoint want it left in; empty for none.
   *
   * @throws InvalidArgumentException for options of another type
   */
  static String imagePath(Task task, @Nullable TypedValue options) {
    if (options == null || options.typeUrl().isEmpty()) {
      return "";
    }
    if (!options.typeUrl().equals(CHECKPOINT)) {
      throw new InvalidArgumentException(
          "invalid task checkpoint option for task %s: type %s, want %s"
              .formatted(task.id(), options.typeUrl(), CHECKPOINT));
    }
    return ProtoFields.text(options, IMAGE_PATH);
  }

  /**
   * The request as its runtime gets it: with the record's options if it has none of its own, and
   * with the record's sandbox.
   */
  static CreateTask complete(Creation.Wanted wanted, String image) {
    CreateTask request = wanted.request();
    return new CreateTask(
        request.containerId(),
        request.rootfs(),
        request.io(),
        request.checkpoint(),
        request.options() == null ? wanted.recorded() : request.options(),
        wanted.runtime(),
        image,
        sandbox(wanted));
  }

  private static @Nullable TaskSandbox sandbox(Creation.Wanted wanted) {
    if (wanted.sandboxId().isEmpty()) {
      return null;
    }
    TaskSandbox asked = wanted.request().sandbox();
    return asked == null
        ? new TaskSandbox(wanted.sandboxId(), "", 0)
        : new TaskSandbox(wanted.sandboxId(), asked.address(), asked.version());
  }
}
