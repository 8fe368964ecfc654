// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.typed.TypedValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is needed to make a task.
 *
 * @param containerId also the id of the task
 * @param rootfs mounted in order at the bundle's rootfs; empty for none
 * @param checkpoint to restore from, or null
 * @param options options of the runtime; replace those of the container record; or null
 * @param runtime to a {@code TaskManager}: the name or path of a runtime in place of the record's,
 *     may be empty; to a {@link TaskRuntime}: the name it was chosen by
 * @param image to a {@link TaskRuntime}: the directory with the checkpoint's files, empty for none;
 *     the task is then restored from it when it is started
 * @param sandbox the task is to be made in, or null
 */
public record CreateTask(
    String containerId,
    List<Mount> rootfs,
    ProcessIo io,
    @Nullable Descriptor checkpoint,
    @Nullable TypedValue options,
    String runtime,
    String image,
    @Nullable TaskSandbox sandbox) {
  /** Copies the mounts. */
  public CreateTask {
    rootfs = List.copyOf(rootfs);
  }

  /** One outside of sandboxes. */
  public CreateTask(
      String containerId,
      List<Mount> rootfs,
      ProcessIo io,
      @Nullable Descriptor checkpoint,
      @Nullable TypedValue options,
      String runtime,
      String image) {
    this(containerId, rootfs, io, checkpoint, options, runtime, image, null);
  }

  /** As a client asks for it: without a directory of checkpoint files. */
  public CreateTask(
      String containerId,
      List<Mount> rootfs,
      ProcessIo io,
      @Nullable Descriptor checkpoint,
      @Nullable TypedValue options,
      String runtime) {
    this(containerId, rootfs, io, checkpoint, options, runtime, "");
  }
}
