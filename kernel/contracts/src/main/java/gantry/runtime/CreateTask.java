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
 * @param runtimePath binary of the runtime in place of the one named by the record, may be empty
 */
public record CreateTask(
    String containerId,
    List<Mount> rootfs,
    ProcessIo io,
    @Nullable Descriptor checkpoint,
    @Nullable TypedValue options,
    String runtimePath) {
  /** Copies the mounts. */
  public CreateTask {
    rootfs = List.copyOf(rootfs);
  }
}
