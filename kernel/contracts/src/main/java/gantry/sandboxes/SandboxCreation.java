// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import gantry.mounts.Mount;
import gantry.typed.TypedValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox is made with beside its record.
 *
 * @param rootfs root filesystem of the sandbox, may be empty
 * @param options for what runs the sandbox, or null; not the runtime's options
 * @param networkNamespace path of the network namespace, may be empty
 */
public record SandboxCreation(
    List<Mount> rootfs,
    @Nullable TypedValue options,
    String networkNamespace,
    Map<String, String> annotations) {
  /** Copies mounts and annotations. */
  public SandboxCreation {
    rootfs = List.copyOf(rootfs);
    annotations = Map.copyOf(annotations);
  }
}
